"""The history of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import Insert, insert

from predictor.persistence.model.metrics import MetricsPgStatsQuery, QueryText
from predictor.persistence.model.record import QueryRecord
from predictor.utils.features import NAMES
from predictor.utils.sample import Sample
from servicekit.database import AnySession

ROWS_AT_ONCE = 1000
_COLUMNS = MetricsPgStatsQuery.__table__.c
_FEATURES = [_COLUMNS[name] for name in NAMES]


def _upsert() -> Insert:
    statement = insert(MetricsPgStatsQuery.__table__)  # type: ignore[arg-type]
    replaced = {
        name: statement.excluded[name]
        for name in (*NAMES, "window_end", "calls", "execution_time_ms", "source")
    }
    return statement.on_conflict_do_update(
        index_elements=["database_name", "query_hash", "window_start"],
        set_=replaced | {"recorded_at": func.now()},
    )


_UPSERT = _upsert()


@dataclass(frozen=True)
class SampleRows:
    """Many samples as arrays of n.

    Args:
        query_hash: int64.
        window_start: float64, seconds since 1970.
        features: float64, n x k in the order of `features.NAMES`; NaN where unknown.
        execution_time_ms: float64.
        last_sample_id: the newest row's number, 0 without rows.
    """

    query_hash: np.ndarray
    window_start: np.ndarray
    features: np.ndarray
    execution_time_ms: np.ndarray
    last_sample_id: int


class Samples:
    """Adds and finds samples."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def add(self, samples: Sequence[Sample], source: str) -> int:
        """Keep samples; one of a fingerprint's window that is there already takes its place.

        Returns how many were written. A window named twice in one call keeps the last.
        """
        rows = {(each.database_name, each.query_hash, each.window_start): each for each in samples}
        if rows:
            self._session.execute(_UPSERT, [_values(sample, source) for sample in rows.values()])
        return len(rows)

    def name_queries(self, database_name: str, texts: Mapping[int, str]) -> None:
        """Keep the texts of fingerprints."""
        if not texts:
            return
        rows = [
            {"database_name": database_name, "query_hash": key, "query": text} for key, text in texts.items()
        ]
        statement = insert(QueryText).values(rows)
        self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["database_name", "query_hash"], set_={"query": statement.excluded.query}
            )
        )

    def newest(self, database_name: str, lookback_days: int, most: int) -> SampleRows:
        """Read the newest samples of a database, at most so many, oldest first."""
        wanted = (
            select(
                _COLUMNS.sample_id,
                _COLUMNS.query_hash,
                func.extract("epoch", _COLUMNS.window_start),
                _COLUMNS.execution_time_ms,
                *_FEATURES,
            )
            .where(
                _COLUMNS.database_name == database_name,
                _COLUMNS.window_start >= func.now() - timedelta(days=lookback_days),
            )
            .order_by(_COLUMNS.window_start.desc(), _COLUMNS.query_hash)
            .limit(most)
        )
        # In parts, so that only arrays are as long as the history.
        parts = self._session.execute(wanted, execution_options={"yield_per": ROWS_AT_ONCE}).partitions()
        integers, numbers = [np.empty((0, 2), np.int64)], [np.empty((0, 2 + len(NAMES)))]
        for part in parts:
            integers.append(np.array([row[:2] for row in part], dtype=np.int64))
            numbers.append(np.array([row[2:] for row in part], dtype=np.float64))
        identities, values = np.concatenate(integers)[::-1], np.concatenate(numbers)[::-1]
        return SampleRows(
            query_hash=identities[:, 1].copy(),
            window_start=values[:, 0].copy(),
            features=values[:, 2:].copy(),
            execution_time_ms=values[:, 1].copy(),
            last_sample_id=int(identities[:, 0].max(initial=0)),
        )

    def last_sample_id(self, database_name: str, lookback_days: int) -> int:
        """Tell the number of the newest row of a database, 0 without one."""
        found = self._session.scalar(
            select(func.max(_COLUMNS.sample_id)).where(
                _COLUMNS.database_name == database_name,
                _COLUMNS.window_start >= func.now() - timedelta(days=lookback_days),
            )
        )
        return found or 0

    def queries(self, database_name: str, limit: int, offset: int) -> list[QueryRecord]:
        """List the fingerprints of a database, by their number."""
        page = (
            select(_COLUMNS.query_hash)
            .where(_COLUMNS.database_name == database_name)
            .group_by(_COLUMNS.query_hash)
            .order_by(_COLUMNS.query_hash)
            .limit(limit)
            .offset(offset)
        )
        wanted = _summaries(database_name).where(_COLUMNS.query_hash.in_(page)).order_by(_COLUMNS.query_hash)
        return [QueryRecord(*row) for row in self._session.execute(wanted)]

    def query(self, database_name: str, query_hash: int) -> QueryRecord | None:
        """Sum up one fingerprint."""
        wanted = _summaries(database_name).where(_COLUMNS.query_hash == query_hash)
        row = self._session.execute(wanted).one_or_none()
        return None if row is None else QueryRecord(*row)

    def newest_features(self, database_name: str, query_hash: int) -> dict[str, float | None]:
        """Give the features of a fingerprint's newest window by name; without one, none."""
        newest = (
            select(*_FEATURES)
            .where(_COLUMNS.database_name == database_name, _COLUMNS.query_hash == query_hash)
            .order_by(_COLUMNS.window_start.desc())
            .limit(1)
        )
        row = self._session.execute(newest).one_or_none()
        return {} if row is None else dict(zip(NAMES, row, strict=True))

    def counts(self) -> list[tuple[str, int, int, datetime]]:
        """Give for each database its name, samples, fingerprints and newest window."""
        grouped = select(
            _COLUMNS.database_name,
            func.count(),
            func.count(_COLUMNS.query_hash.distinct()),
            func.max(_COLUMNS.window_start),
        ).group_by(_COLUMNS.database_name)
        return [tuple(row) for row in self._session.execute(grouped.order_by(_COLUMNS.database_name))]


def _summaries(database_name: str) -> Select[Any]:
    return (
        select(
            _COLUMNS.query_hash,
            QueryText.query,
            func.count(),
            func.max(_COLUMNS.window_start),
            func.sum(_COLUMNS.execution_time_ms * _COLUMNS.calls) / func.sum(_COLUMNS.calls),
        )
        .outerjoin(
            QueryText,
            (QueryText.database_name == _COLUMNS.database_name)
            & (QueryText.query_hash == _COLUMNS.query_hash),
        )
        .where(_COLUMNS.database_name == database_name)
        .group_by(_COLUMNS.query_hash, QueryText.query)
    )


def _values(sample: Sample, source: str) -> dict[str, Any]:
    return {
        "database_name": sample.database_name,
        "query_hash": sample.query_hash,
        "window_start": sample.window_start,
        "window_end": sample.window_end,
        "calls": sample.calls,
        "execution_time_ms": float(sample.execution_time_ms),
        "source": source,
        **{name: _plain(sample.features.get(name)) for name in NAMES},
    }


def _plain(value: float | None) -> float | None:
    return None if value is None else float(value)  # NumPy's numbers are not known to the driver
