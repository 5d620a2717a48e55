"""Look after jobs again and again."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy.exc import SQLAlchemyError

from servicekit.logs import get_logger

log = get_logger(__name__)


class Watch(threading.Thread):
    """Looks for lost jobs until it is stopped; a database that is away is asked again.

    Args:
        look: looks once.
        context: opens what a thread needs for that.
        interval_seconds: between two looks.
    """

    def __init__(
        self,
        look: Callable[[], object],
        context: Callable[[], AbstractContextManager[object]],
        interval_seconds: float,
    ) -> None:
        super().__init__(name="job-watch", daemon=True)
        self._look = look
        self._context = context
        self._interval = interval_seconds
        self._ended = threading.Event()

    def run(self) -> None:
        """Look again and again."""
        with self._context():
            while not self._ended.wait(self._interval):
                try:
                    self._look()
                except SQLAlchemyError as fault:
                    log.warning("jobs could not be watched", reason=type(fault).__name__)

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
