"""Bring the stack down: ask first, then end whatever is left, and prove that nothing is."""

import signal
import time

from stack.control import Control
from stack.errors import StackError
from stack.home import Home
from stack.identity import is_alive
from stack.leftovers import end, of_program, of_stack, recorded_leader
from stack.parts import POSTGRES, REDIS, SERVERS
from stack.state import forget
from stack.supervision import NAME as SUPERVISOR
from stack.supervision import running_control

# A worker may take 30 s to finish what it does.
PROGRAMS_SECONDS = 35.0
SUPERVISOR_SECONDS = 30.0
LEFTOVER_SECONDS = 8.0
SERVER_SECONDS = 20.0
POLL_SECONDS = 0.1


def bring_down(home: Home) -> bool:
    """End everything that belongs to this home; say whether anything ran.

    The caller holds the home's lock. Raises StackError when a process cannot be ended.
    """
    control = running_control(home)
    forget(home)  # from here on the guard revives nothing
    ran = bool(of_stack(home.run))
    if control is not None:
        _ask(control)
        _wait_for_supervisor(home)
    sweep(home)
    left = of_stack(home.run)
    if left:
        raise StackError(f"These processes could not be ended: {', '.join(str(process) for process in left)}")
    return ran


def _ask(control: Control) -> None:
    """Stop everything but the servers at once, then the servers, so that no client loses them early."""
    try:
        running = [name for name, state in control.states().items() if state.is_running]
        for group in (set(running) - set(SERVERS), set(SERVERS) & set(running)):
            for name in group:
                control.stop(name)
            deadline = time.monotonic() + PROGRAMS_SECONDS
            while _stopping(control) and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)
        control.shutdown()
    except StackError:  # it was killed meanwhile: the sweep does the rest
        return


def _stopping(control: Control) -> bool:
    return any(state.state == "STOPPING" for state in control.states().values())


def _wait_for_supervisor(home: Home) -> None:
    leader = recorded_leader(home.run, SUPERVISOR)
    deadline = time.monotonic() + SUPERVISOR_SECONDS
    while leader and is_alive(leader.pid, leader.identity) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def sweep(home: Home) -> None:
    """End what outlived supervisord, the servers last and each in its own way."""
    servers = {process.pid for name in SERVERS for process in of_program(home.run, name)}
    others = [process for process in of_stack(home.run) if process.pid not in servers]
    end(others, signal.SIGTERM, LEFTOVER_SECONDS)
    end(of_program(home.run, REDIS), signal.SIGTERM, SERVER_SECONDS)
    end(of_program(home.run, POSTGRES), signal.SIGINT, SERVER_SECONDS)
