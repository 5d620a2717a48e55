"""Run the predictor's workload against the running stack, in this terminal."""

import os
import sys
from typing import NoReturn

from stack.environment import base_environment
from stack.errors import StackError
from stack.home import Home
from stack.leftovers import PROGRAM_VARIABLE, marker
from stack.parts import WORKLOAD_DATABASE
from stack.spec import ProgramSpec
from stack.state import state_of
from stack.supervision import running_control

NAME = "workload"
WORKER = "predictor-worker"
MODULE = "predictor.workload"


def become_workload(home: Home, executions: int) -> NoReturn:
    """Become the workload, so that Ctrl-C reaches it and its exit status is this command's.

    Raises StackError when the stack does not run, or has no database for the workload.
    """
    command = (sys.executable, "-P", "-m", MODULE, "--executions", str(executions))
    environment = environment_of(home)
    sys.stdout.flush()
    os.execvpe(command[0], command, environment)  # noqa: S606


def environment_of(home: Home) -> dict[str, str]:
    """Return what the predictor's worker was started with, marked so that `down` ends the workload too."""
    state = state_of(home)
    if state is None or running_control(home) is None:
        raise StackError(f"Nothing runs in {home.root}. Use `./launch.sh up` first.")
    if not state.complete:
        raise StackError("The stack is not complete. Use `./launch.sh up` first.")
    if WORKER not in state.programs:
        raise StackError("The stack was started without a predictor. Use `./launch.sh down`, then `up`.")
    own = ProgramSpec.read(home.run, WORKER).environment
    if WORKLOAD_DATABASE not in own:
        raise StackError(
            "The workload needs a database of its own, where it makes and fills tables, never one of the "
            f"suite's. Set {WORKLOAD_DATABASE} to postgresql://user:password@host:port/database, then use "
            "`./launch.sh down` and `./launch.sh up`."
        )
    return {**base_environment(), **own, PROGRAM_VARIABLE: marker(home.run, NAME)}
