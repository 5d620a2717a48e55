"""The PostgreSQL whose queries are observed: read only, by its own statistics."""

import ipaddress
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2 import extensions, sql

from predictor.client.catalogue import relations
from predictor.client.generic_plans import OWN, generic_plan
from predictor.client.observed_errors import ObservedDatabaseAway
from predictor.client.statement_statistics import Counters, StatementStatistics
from predictor.utils.machine_memory import available_memory_pct
from predictor.utils.plan_facts import plan_facts
from predictor.utils.relation_facts import by_name, relation_facts, table_rows
from servicekit.logs import get_logger

log = get_logger(__name__)

APPLICATION = "predictor collector"
_FIRST_WORD = re.compile(r"\A\s*\w+")

_SURROUNDINGS = """
    SELECT current_database(),
        (SELECT setting::double precision / 1024 FROM pg_settings WHERE name = 'work_mem'),
        (SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND datname = current_database())
"""


@dataclass(frozen=True)
class ReadLimits:
    """How long the observed database is asked to work.

    Args:
        connect_timeout_seconds: for a connection.
        statement_timeout_ms: for one statement of ours.
        lock_timeout_ms: for a lock that planning needs.
        planning_seconds: after which no further statement is planned in one reading.
    """

    connect_timeout_seconds: int = 5
    statement_timeout_ms: int = 10_000
    lock_timeout_ms: int = 500
    planning_seconds: float = 60.0


@dataclass(frozen=True)
class Surroundings:
    """What there is beside the statements at the moment of reading.

    Args:
        database: the name that it has there.
        work_mem_mb: as the reading role has it; a role or a session may have another.
        active_queries: connections to this database that ran a query at the moment of reading, this reading
            among them in the place of the query that is described. One look, not a mean over the window.
        available_memory_pct: of this machine when the server listens on its loopback, else None:
            PostgreSQL does not tell.
    """

    database: str
    work_mem_mb: float
    active_queries: int
    available_memory_pct: float | None


class _MarkedCursor(extensions.cursor):
    """Marks all statements as the collector's own, so that they are left out of the history."""

    def execute(self, query: str | bytes | sql.Composable, vars: Any = None) -> None:  # noqa: A002 - psycopg2's name
        """Run a statement with the mark after its first word: PostgreSQL keeps no comment before it."""
        text = query.as_string(self) if isinstance(query, sql.Composable) else query
        written = text.decode() if isinstance(text, bytes) else text
        super().execute(_FIRST_WORD.sub(rf"\g<0> {OWN}", written, count=1), vars)


class Observation:
    """One reading in one read-only transaction."""

    def __init__(self, cursor: extensions.cursor, limits: ReadLimits) -> None:
        """Take the surroundings.

        Raises:
            NoStatementStatistics
        """
        self._cursor = cursor
        self._limits = limits
        cursor.execute(_SURROUNDINGS)
        database, work_mem_mb, active = cursor.fetchone() or ()
        memory = available_memory_pct() if _is_loopback(cursor.connection) else None
        self.surroundings = Surroundings(database, work_mem_mb, active, memory)
        self._statistics = StatementStatistics(cursor, database)

    def counters(self) -> Counters:
        """Read the counters of all statements.

        Raises:
            NoStatementStatistics, UnknownStatementStatistics
        """
        return self._statistics.counters()

    def texts(self, query_hashes: Iterable[int]) -> dict[int, str]:
        """Read the normalised texts of statements."""
        return self._statistics.texts(query_hashes)

    def plan_features(self, texts: Mapping[int, str]) -> dict[int, dict[str, float | None]]:
        """Return features from plan and catalogue by fingerprint, for those that the server plans in time."""
        tables = by_name(relations(self._cursor))
        rows = table_rows(tables)
        found = {}
        deadline = time.monotonic() + self._limits.planning_seconds
        for query_hash, text in texts.items():
            if time.monotonic() > deadline:
                break
            document = generic_plan(self._cursor, text)
            if document is not None:
                facts = plan_facts(document, self.surroundings.work_mem_mb, rows)
                found[query_hash] = facts | relation_facts(document, tables)
        return found


class ObservedDatabase:
    """How the observed database is reached; writes nothing there."""

    def __init__(self, url: str, limits: ReadLimits | None = None) -> None:
        self._url = url
        self._limits = limits or ReadLimits()

    @contextmanager
    def reading(self) -> Iterator[Observation]:
        """Open a connection for one reading, in a read-only transaction that is rolled back.

        Raises:
            ObservedDatabaseAway: it does not answer, or ceases to.
            NoStatementStatistics: there is nothing to read.
        """
        connection = self._connected()
        try:
            with connection.cursor() as cursor:
                self._limit(cursor)
                yield Observation(cursor, self._limits)
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as fault:
            log.warning("observed database lost", reason=_first_line(fault))
            raise ObservedDatabaseAway("did not answer in time or was lost while it was read") from fault
        finally:
            connection.close()

    def _connected(self) -> extensions.connection:
        try:
            connection = psycopg2.connect(
                self._url,
                connect_timeout=self._limits.connect_timeout_seconds,
                application_name=APPLICATION,
                cursor_factory=_MarkedCursor,
            )
        except psycopg2.OperationalError as fault:
            log.warning("observed database away", reason=_first_line(fault))
            refused = "FATAL" in str(fault)
            raise ObservedDatabaseAway("refuses the connection" if refused else "does not answer") from fault
        except psycopg2.ProgrammingError as fault:
            raise ObservedDatabaseAway("has an address that cannot be read") from fault
        connection.set_session(readonly=True, isolation_level="READ COMMITTED")
        return connection

    def _limit(self, cursor: extensions.cursor) -> None:
        cursor.execute("SET LOCAL statement_timeout = %s", (self._limits.statement_timeout_ms,))
        cursor.execute("SET LOCAL lock_timeout = %s", (self._limits.lock_timeout_ms,))
        _stay_uncounted(cursor)


def _stay_uncounted(cursor: extensions.cursor) -> None:
    """Keep this reading out of the counters, where the role may: a superuser, or GRANT SET ON PARAMETER.

    Elsewhere every planned statement takes a second place among `pg_stat_statements.max`.
    """
    cursor.execute("SAVEPOINT uncounted")
    try:
        cursor.execute("SET LOCAL pg_stat_statements.track = 'none'")
    except (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.UndefinedObject):
        cursor.execute("ROLLBACK TO SAVEPOINT uncounted")


def _first_line(fault: psycopg2.Error) -> str:
    return (str(fault).strip() or type(fault).__name__).splitlines()[0]


def _is_loopback(connection: extensions.connection) -> bool:
    """Whether the server is on this machine: a Unix socket, or an address that never leaves it."""
    host = connection.info.host or ""
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
