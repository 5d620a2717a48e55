"""End a worker that does not hear its queue any more, so that its supervisor starts a new one.

After Redis was away a consumer may stay connected to nothing while its process looks well.
"""

import os
import threading
from collections.abc import Callable

from celery import Celery
from redis import Redis
from redis.exceptions import RedisError

from servicekit.logs import get_logger

log = get_logger(__name__)

PING_SECONDS = 5.0
PATIENCE = 4
EXIT_STATUS = 75  # EX_TEMPFAIL of sysexits.h


class DeafnessGuard(threading.Thread):
    """Asks the worker through the queue whether it hears.

    Args:
        celery: the app.
        node: the worker's name.
        broker: answers while Redis itself can be reached.
        leave: ends the process.
        heard: is told of each answer.
    """

    def __init__(
        self,
        celery: Celery,
        node: str,
        broker: Callable[[], bool],
        leave: Callable[[int], None] = os._exit,
        heard: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(name="deafness-guard", daemon=True)
        self._celery = celery
        self._node = node
        self._broker = broker
        self._leave = leave
        self._heard = heard
        self._ended = threading.Event()

    def run(self) -> None:
        """Ask again and again, and leave after too much silence."""
        silent = 0
        while not self._ended.wait(PING_SECONDS):
            hears = self._hears()
            if hears:
                self._heard()
            silent = 0 if hears or not self._broker() else silent + 1
            if silent >= PATIENCE:
                log.error("the worker does not hear its queue; it leaves for a new one")
                self._leave(EXIT_STATUS)
                return

    def stop(self) -> None:
        """Stop asking."""
        self._ended.set()

    def _hears(self) -> bool:
        try:
            return bool(self._celery.control.ping(destination=[self._node], timeout=PING_SECONDS))
        except Exception as fault:  # noqa: BLE001 - an unreachable queue fails in many ways, none of them deafness
            log.info("no ping through the queue", reason=type(fault).__name__)
            return False


def broker_answers(url: str) -> Callable[[], bool]:
    """Return a function that tells whether Redis answers."""

    def answers() -> bool:
        try:
            with Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as redis:
                return bool(redis.ping())
        except RedisError:
            return False

    return answers
