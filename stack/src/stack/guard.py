"""Bring supervisord back when it was killed: `python -m stack.guard HOME`, itself a supervised program.

supervisord restarts the guard, the guard restarts supervisord. The new supervisord starts every program, and
each program's wrapper first ends what the old one left.
"""

import sys
import time
from dataclasses import replace
from pathlib import Path

from stack.home import Home
from stack.identity import is_alive
from stack.leftovers import recorded_leader
from stack.lock import held
from stack.spec import ProgramSpec
from stack.state import state_of
from stack.supervision import NAME as SUPERVISOR
from stack.supervision import control_port, running_control, start_supervisor

POLL_SECONDS = 0.5


def watch(home: Home) -> None:
    """Return when the supervisord that was recorded last is gone and has been replaced."""
    leader = recorded_leader(home.run, SUPERVISOR)
    while leader is not None and is_alive(leader.pid, leader.identity):
        time.sleep(POLL_SECONDS)
    with held(home.lock_file, waiting=lambda _said: None):
        revive(home)


def revive(home: Home) -> None:
    """Start supervisord again, unless the stack is no longer wanted or somebody was faster."""
    state = state_of(home)
    if state is None or running_control(home) is not None:
        return
    programs = [ProgramSpec.read(home.run, name) for name in state.programs]
    state = replace(state, control_port=control_port(state.control_port))
    state.save(home)
    start_supervisor(home, programs, state.control_port, autostart=True)


if __name__ == "__main__":
    watch(Home(Path(sys.argv[1])))
