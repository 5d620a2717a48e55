"""Start one program after ending what its predecessor left: `python -m stack.child RUN_DIRECTORY NAME`.

The wrapper becomes the program (exec), so a supervisor watches the program itself.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

from stack.accounts import drop_to, named
from stack.leftovers import PROGRAM_VARIABLE, end, marker, of_program, record_leader
from stack.spec import ProgramSpec

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(run_directory: Path, name: str) -> None:
    """Become the program; does not return."""
    parent = os.getppid()
    spec = ProgramSpec.read(run_directory, name)
    end(of_program(run_directory, name), spec.first_signal, spec.stop_seconds)
    record_leader(run_directory, name)
    environment = {**os.environ, **spec.environment, PROGRAM_VARIABLE: marker(run_directory, name)}
    os.chdir("/")
    os.nice(spec.niceness)
    if spec.account is not None:
        drop_to(named(spec.account))
    if spec.dies_with_parent:
        _follow(parent, spec.first_signal)
    os.execvpe(spec.command[0], spec.command, environment)  # noqa: S606


def _follow(parent: int, number: signal.Signals) -> None:
    """Let the kernel send that signal when the parent ends (Linux only; elsewhere nothing happens)."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number))
    if os.getppid() != parent:
        raise SystemExit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
