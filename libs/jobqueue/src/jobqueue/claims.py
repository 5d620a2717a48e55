"""Work under a claim that ends when the worker falls silent."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from servicekit.logs import get_logger

log = get_logger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)


class ClaimLost(Exception):
    """The job was cancelled, or given to another worker."""


@contextmanager
def kept_alive(
    beat: Callable[[], object], context: Callable[[], AbstractContextManager[object]], lease_seconds: float
) -> Iterator[None]:
    """Show every third of a lease that a job is worked on, also during a long step.

    Args:
        beat: gives one sign.
        context: opens what a thread needs for that.
        lease_seconds: a job without a sign for so long counts as lost.
    """
    ended = threading.Event()

    def run() -> None:
        with context():
            while not ended.wait(lease_seconds / 3):
                _tried(beat)

    thread = threading.Thread(target=run, name="job-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _tried(beat: Callable[[], object]) -> None:
    try:
        beat()
    except Exception as fault:  # noqa: BLE001 - the next beat tries again, and a lost job is found by the watch
        log.warning("no sign could be given", reason=type(fault).__name__)
