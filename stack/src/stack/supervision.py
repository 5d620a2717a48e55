"""Start and find this home's supervisord."""

import subprocess
import sys
import time
from collections.abc import Sequence

from stack.control import Control
from stack.credentials import credentials_of
from stack.environment import base_environment
from stack.errors import StackError
from stack.files import write_private
from stack.home import Home
from stack.identity import is_alive
from stack.leftovers import recorded_leader
from stack.logs import tail
from stack.ports import free_port, is_free
from stack.spec import ProgramSpec
from stack.state import state_of
from stack.supervisor_config import ControlAccess, render

NAME = "supervisord"
ANSWER_SECONDS = 20.0


def running_control(home: Home) -> Control | None:
    """Return the way to speak to this home's supervisord, or None when it does not run."""
    leader, state = recorded_leader(home.run, NAME), state_of(home)
    if leader is None or state is None or not is_alive(leader.pid, leader.identity):
        return None
    return Control(ControlAccess(state.control_port, credentials_of(home).supervisor))


def control_port(preferred: int | None) -> int:
    """Return the port for the control interface: the one of last time while it is free."""
    return preferred if preferred and is_free(preferred) else free_port()


def start_supervisor(home: Home, programs: Sequence[ProgramSpec], port: int, *, autostart: bool) -> Control:
    """Start supervisord as a process of its own and return when it answers.

    Raises StackError with its log when it does not.
    """
    access = ControlAccess(port, credentials_of(home).supervisor)
    for program in programs:
        program.write(home.run)
    config = home.run / "supervisord.conf"
    write_private(config, render(home, programs, access, autostart=autostart))
    command = (sys.executable, "-P", "-m", "supervisor.supervisord", "-c", str(config))
    ProgramSpec(NAME, command, stop_seconds=30.0).write(home.run)
    errors = home.log("supervisord-errors")
    with errors.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "stack.child", str(home.run), NAME],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=base_environment(),
            start_new_session=True,
        )
    control = Control(access)
    _wait_until_it_answers(control, process, home)
    return control


def _wait_until_it_answers(control: Control, process: "subprocess.Popen[bytes]", home: Home) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while not control.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            said = tail(home.log("supervisord-errors")) or tail(home.log(NAME))
            raise StackError(f"supervisord did not start:\n{said}")
        time.sleep(0.05)
