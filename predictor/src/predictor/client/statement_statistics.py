"""The counters of pg_stat_statements, by the column names of the version that is installed.

https://www.postgresql.org/docs/current/pgstatstatements.html
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import psycopg2
from psycopg2 import extensions, sql

from predictor.client.observed_errors import NoStatementStatistics, UnknownStatementStatistics

_INSTALLED = """
    SELECT n.nspname, e.extversion
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname = 'pg_stat_statements'
"""
_COLUMNS = """
    SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relname IN ('pg_stat_statements', 'pg_stat_statements_info')
        AND a.attnum > 0 AND NOT a.attisdropped
"""
_HERE = "dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
_COUNTERS = """
    SELECT queryid, sum(calls)::bigint, sum({total}), {since}, count(*)
    FROM {view}
    WHERE {here} AND calls > 0 AND {toplevel}
    GROUP BY queryid
"""
_TEXTS = """
    SELECT queryid, min(query) FROM {view} WHERE {here} AND queryid = ANY(%s) GROUP BY queryid
"""

TOTAL_TIME_NAMES = ("total_exec_time", "total_time")
"""The total of execution times in milliseconds: since version 1.8, and before."""


@dataclass(frozen=True)
class Counter:
    """What a statement has done since its counters began.

    Args:
        query_hash: its `queryid`.
        calls: executions, by all roles.
        total_exec_time_ms: sum of their times.
        since: when the counters began; None before version 1.11.
    """

    query_hash: int
    calls: int
    total_exec_time_ms: float
    since: datetime | None


@dataclass(frozen=True)
class Counters:
    """All counters of one database at one moment.

    Args:
        read_at: right after they were read, by the observed server's clock.
        rows: one for each statement that the role may see.
        hidden: statements of other roles that it may not.
        reset_at: when all counters were last set to nought; None before version 1.9.
    """

    read_at: datetime
    rows: tuple[Counter, ...]
    hidden: int
    reset_at: datetime | None


class StatementStatistics:
    """The view of one connection's database."""

    def __init__(self, cursor: extensions.cursor, database: str) -> None:
        """Find the view and its columns.

        Raises:
            NoStatementStatistics: the extension is not there.
        """
        self._cursor = cursor
        self._database = database
        cursor.execute(_INSTALLED)
        found = cursor.fetchone()
        if found is None:
            raise NoStatementStatistics(database)
        self._schema, self._version = found
        cursor.execute(_COLUMNS, (self._schema,))
        self._columns = set(cursor.fetchall())
        self._view = sql.Identifier(self._schema, "pg_stat_statements")

    def counters(self) -> Counters:
        """Read the counters of the top-level statements of the current database.

        Raises:
            NoStatementStatistics: the library is not loaded, or the role may not read the view.
            UnknownStatementStatistics: the view has no column of execution times that is known.
        """
        statement = sql.SQL(_COUNTERS).format(
            total=sql.Identifier(self._total_time()),
            since=sql.SQL("max(stats_since)" if self._has("stats_since") else "NULL::timestamptz"),
            toplevel=sql.SQL("toplevel" if self._has("toplevel") else "true"),
            view=self._view,
            here=sql.SQL(_HERE),
        )
        try:
            self._cursor.execute(statement)
        except (psycopg2.errors.ObjectNotInPrerequisiteState, psycopg2.errors.InsufficientPrivilege) as fault:
            raise NoStatementStatistics(self._database) from fault
        rows = self._cursor.fetchall()
        known = tuple(Counter(*row[:4]) for row in rows if row[0] is not None)
        hidden = sum(row[4] for row in rows if row[0] is None)
        return Counters(self._now(), known, hidden, self._reset_at())

    def texts(self, query_hashes: Iterable[int]) -> dict[int, str]:
        """Read the normalised texts of statements."""
        statement = sql.SQL(_TEXTS).format(view=self._view, here=sql.SQL(_HERE))
        self._cursor.execute(statement, (list(query_hashes),))
        return dict(self._cursor.fetchall())

    def _has(self, column: str, view: str = "pg_stat_statements") -> bool:
        return (view, column) in self._columns

    def _total_time(self) -> str:
        for name in TOTAL_TIME_NAMES:
            if self._has(name):
                return name
        raise UnknownStatementStatistics(self._version, TOTAL_TIME_NAMES[0])

    def _now(self) -> datetime:
        # Not before the counters: what began in between would pass for begun anew at the next reading.
        self._cursor.execute("SELECT clock_timestamp()")
        (now,) = self._cursor.fetchone() or ()
        moment: datetime = now
        return moment

    def _reset_at(self) -> datetime | None:
        if not self._has("stats_reset", "pg_stat_statements_info"):
            return None
        view = sql.Identifier(self._schema, "pg_stat_statements_info")
        self._cursor.execute(sql.SQL("SELECT stats_reset FROM {}").format(view))
        row = self._cursor.fetchone()
        return row[0] if row else None
