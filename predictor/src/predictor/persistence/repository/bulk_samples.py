"""Many samples at once, by COPY in PostgreSQL's binary form.

https://www.postgresql.org/docs/current/sql-copy.html (Binary Format)
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from psycopg2 import sql
from sqlalchemy import text

from predictor.persistence.model.base import SCHEMA
from predictor.persistence.model.metrics import MetricsPgStatsQuery, QueryText
from servicekit.copying import HEADER, TRAILER, driver_cursor
from servicekit.database import AnySession

_Y2K_US = 946_684_800_000_000
"""PostgreSQL counts time from 2000."""

_STAGE = "arriving_samples"
_COPY = f"COPY {_STAGE} FROM STDIN (FORMAT binary)"
_KEY = ("database_name", "query_hash", "window_start")


_TEXTS = text(
    f"INSERT INTO {SCHEMA}.{QueryText.__tablename__} (database_name, query_hash, query) "  # noqa: S608
    "SELECT :name, hash, query "
    "FROM unnest(CAST(:hashes AS bigint[]), CAST(:texts AS text[])) AS t (hash, query) ORDER BY hash "
    "ON CONFLICT (database_name, query_hash) DO UPDATE SET query = EXCLUDED.query"
)


@dataclass(frozen=True)
class SampleColumns:
    """Samples as arrays of n.

    Args:
        database: int64, place in a list of names.
        query_hash: int64.
        window_start, window_end: int64, microseconds since 1970.
        calls: int64.
        execution_time_ms: float64.
        features: float64 by name; NaN where unknown. One that is absent is unknown everywhere.
    """

    database: np.ndarray
    query_hash: np.ndarray
    window_start: np.ndarray
    window_end: np.ndarray
    calls: np.ndarray
    execution_time_ms: np.ndarray
    features: dict[str, np.ndarray]


class BulkSamples:
    """Adds samples through a temporary table."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def add(self, parts: Sequence[SampleColumns], databases: Sequence[str], source: str) -> int:
        """Keep samples that all have the same features; one that is there already is replaced.

        No window of a query may be named twice. Returns how many were written.
        """
        names = list(parts[0].features)
        with driver_cursor(self._session, _COPY) as cursor:
            # A million rows take longer than other statements may.
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(_stage(names))
            for part in parts:
                cursor.copy_expert(_COPY, _binary(part, names))
            cursor.execute(_insertion(names), {"databases": list(databases), "source": source})
            written: int = cursor.rowcount
            cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(_STAGE)))
        return written

    def name_queries(self, database_name: str, texts: Mapping[int, str]) -> None:
        """Keep the texts of fingerprints."""
        given = {"name": database_name, "hashes": list(texts), "texts": list(texts.values())}
        self._session.execute(_TEXTS, given)


def _stage(names: Sequence[str]) -> sql.Composed:
    columns = [sql.SQL("{} double precision").format(sql.Identifier(name)) for name in names]
    return sql.SQL(
        "CREATE TEMPORARY TABLE {} (database bigint, query_hash bigint, window_start timestamptz, "
        "window_end timestamptz, calls bigint, execution_time_ms double precision{}) ON COMMIT DROP"
    ).format(sql.Identifier(_STAGE), sql.Composed([sql.SQL(", ") + column for column in columns]))


def _insertion(names: Sequence[str]) -> sql.Composed:
    columns = MetricsPgStatsQuery.__table__.columns
    every = [column.name for column in columns if column.name not in ("sample_id", "recorded_at")]
    values: dict[str, sql.Composable] = {name: sql.Identifier(name) for name in every}
    values |= {
        "database_name": sql.SQL("(%(databases)s::text[])[database + 1]"),
        "source": sql.SQL("%(source)s"),
    }
    for feature in set(every) - set(_GIVEN):
        known = sql.SQL("NULLIF({}, 'NaN')").format(sql.Identifier(feature))
        values[feature] = known if feature in names else sql.SQL("NULL")
    replaced = [
        sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name)) for name in every if name not in _KEY
    ]
    return sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {values} FROM {stage} "
        "ORDER BY database, query_hash, window_start "  # two at once lock rows in the same order
        "ON CONFLICT ({key}) DO UPDATE SET {replaced}, recorded_at = now()"
    ).format(
        table=sql.Identifier(SCHEMA, MetricsPgStatsQuery.__tablename__),
        columns=sql.SQL(", ").join(map(sql.Identifier, every)),
        values=sql.SQL(", ").join(values[name] for name in every),
        stage=sql.Identifier(_STAGE),
        key=sql.SQL(", ").join(map(sql.Identifier, _KEY)),
        replaced=sql.SQL(", ").join(replaced),
    )


_GIVEN = (*_KEY, "window_end", "calls", "execution_time_ms", "source")


def _binary(part: SampleColumns, names: Sequence[str]) -> io.BytesIO:
    """Return the rows in COPY's binary form: a count of fields, then length and bytes of each."""
    columns = [
        part.database,
        part.query_hash,
        part.window_start - _Y2K_US,
        part.window_end - _Y2K_US,
        part.calls,
        part.execution_time_ms,
        *(part.features[name] for name in names),
    ]
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for place, column in enumerate(columns):
        kind = ">f8" if column.dtype == np.float64 else ">i8"
        fields += [(f"length{place}", ">i4"), (f"value{place}", kind)]
    rows = np.empty(len(part.query_hash), dtype=fields)
    rows["fields"] = len(columns)
    for place, column in enumerate(columns):
        rows[f"length{place}"] = 8
        rows[f"value{place}"] = column
    return io.BytesIO(HEADER + rows.tobytes() + TRAILER)
