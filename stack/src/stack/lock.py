"""One launcher at a time on one home."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.errors import StackError

WAIT_SECONDS = 240.0


@contextmanager
def held(path: Path, waiting: Callable[[str], None], wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock, which the kernel frees when this process ends; say so by `waiting` when it is taken.

    Raises StackError when it is not free in time.
    """
    with path.open("a") as handle:
        deadline = time.monotonic() + wait_seconds
        told = False
        while not _taken(handle.fileno()):
            if not told:
                waiting("Another launcher works on this home; waiting for it.")
                told = True
            if time.monotonic() > deadline:
                raise StackError(f"Another launcher has been busy with this home for too long ({path})")
            time.sleep(0.1)
        yield


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
