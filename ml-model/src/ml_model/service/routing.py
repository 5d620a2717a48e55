"""Which version answers: known in memory, and never older than the last change."""

import secrets
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError

from ml_model.persistence.repository.routes import Routes
from ml_model.service.route_map import RouteMap, Target, Version, route_map
from servicekit.database import AnySession, transaction
from servicekit.errors import Unavailable
from servicekit.generation import Generation
from servicekit.logs import get_logger

__all__ = ["Router", "RoutingRules", "Target", "Version"]

log = get_logger(__name__)

Context = Callable[[], AbstractContextManager[Any]]
_NEVER = float("-inf")
_FAILED_FOR_SECONDS = 0.5
_PATIENCE_SECONDS = 2.0
_AWAY = "The database does not answer; try again in a moment."
_ATTEMPTS = 20


@dataclass(frozen=True)
class RoutingRules:
    """How fresh what is known must be.

    Args:
        most_seconds: how old it may be when the database no longer answers; after that requests get 503.
        every_seconds: how often a process looks for changes that another machine made.
    """

    most_seconds: float = 2.0
    every_seconds: float = 0.25


@dataclass(frozen=True)
class _Known:
    """What was read, the mark and the generation that it was read at."""

    routes: RouteMap
    mark: tuple[Any, ...]
    generation: int


class Router:
    """Knows where requests go.

    A change on this machine is seen by every process at its next request, by the generation; one that another
    machine made is seen when the mark is read next.

    Args:
        session: of the dataset database.
        context: gives each look a session of its own.
        generation: advanced after each change.
        rules: how fresh what is known must be.
    """

    def __init__(
        self, session: AnySession, context: Context, generation: Generation, rules: RoutingRules
    ) -> None:
        self._session = session
        self._context = context
        self._generation = generation
        self._rules = rules
        self._known: _Known | None = None
        self._confirmed = _NEVER
        self._failed = _NEVER
        self._looking_since: float | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Look for changes in this process from now on; call it after the fork."""
        threading.Thread(target=self._watch, name="routes", daemon=True).start()

    def select(
        self, endpoint: str, status: str | None = None, version: str | None = None, key: str = ""
    ) -> Target:
        """Choose the version that answers; a running test assigns by `key`, by chance where there is none.

        Raises:
            EndpointNotFound, VersionNotFound, SeveralVersions, NothingServed, Unavailable
        """
        return self.routes().place(endpoint).select(status, version, key or secrets.token_hex(8))

    def versions(self, endpoint: str) -> tuple[Version, ...]:
        """List an endpoint's versions, the newest first.

        Raises:
            EndpointNotFound, Unavailable
        """
        return self.routes().place(endpoint).versions

    def endpoints(self) -> tuple[str, ...]:
        """Name the endpoints."""
        return tuple(self.routes().places)

    def changed(self) -> None:
        """Have every process on this machine read anew before its next request; call it after the commit."""
        self._generation.advance()

    def routes(self) -> RouteMap:
        """Give what is served where.

        Raises:
            Unavailable: it is too old, and the database does not answer.
        """
        return (self._fresh() or self._refreshed()).routes

    def _fresh(self) -> _Known | None:
        known = self._known
        if (
            known is not None
            and known.generation == self._generation.current()
            and time.monotonic() - self._confirmed <= self._rules.most_seconds
        ):
            return known
        return None

    def _refreshed(self) -> _Known:
        """Read what changed; who comes while another is refused does not wait for the same refusal."""
        since = self._looking_since
        waited = 0.0 if since is None else time.monotonic() - since
        if not self._lock.acquire(timeout=max(0.0, _PATIENCE_SECONDS - waited)):
            raise Unavailable(_AWAY)  # somebody waits for a silent database
        try:
            if (known := self._fresh()) is not None:
                return known
            if time.monotonic() - self._failed < _FAILED_FOR_SECONDS:
                raise Unavailable(_AWAY)
            return self._look()
        except (OperationalError, InterfaceError):
            self._failed = time.monotonic()
            raise
        finally:
            self._lock.release()

    def _look(self) -> _Known:
        self._looking_since = time.monotonic()
        try:
            return self._read_changes()
        finally:
            self._looking_since = None

    def _read_changes(self) -> _Known:
        # Before the rows: a change that comes after them advances it, and they are read again.
        generation = self._generation.current()
        # In a context of its own, and so in a session of its own: the caller may be in a transaction.
        with self._context(), transaction(self._session):
            rows = Routes(self._session)
            mark = rows.mark()
            known = self._known
            if known is None or known.mark != mark or known.generation != generation:
                known = _read(rows, mark, generation)
        self._known = known
        self._confirmed = time.monotonic()
        return known

    def _watch(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(self._rules.every_seconds)
            try:
                with self._lock:
                    self._look()
            except Exception as fault:  # noqa: BLE001 - requests say it when it lasts
                log.debug("routes not confirmed", reason=type(fault).__name__)


def _read(rows: Routes, mark: tuple[Any, ...], generation: int) -> _Known:
    """Read what belongs together: a statement sees what was committed before it."""
    for _ in range(_ATTEMPTS):
        versions = [Version(*row) for row in rows.versions()]
        beside = rows.endpoints(), rows.running_tests(), rows.running_shadows()
        mark, before = rows.mark(), mark
        if mark == before:
            endpoints, tests, shadows = beside
            return _Known(route_map(endpoints, versions, tests, shadows), mark, generation)
    raise Unavailable("The versions change without a pause; try again in a moment.")
