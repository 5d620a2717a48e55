"""How often queries were called, from our own history of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from predictor.persistence.model.metrics import MetricsPgStatsQuery
from servicekit.database import AnySession

_COLUMNS = MetricsPgStatsQuery.__table__.c


@dataclass(frozen=True)
class CallFacts:
    """The calls of a fingerprint in the hours before a moment; hours without any count as nought.

    Args:
        per_hour: mean.
        std_dev: standard deviation (population) over hours.
        peak: most in one hour.
    """

    per_hour: float
    std_dev: float
    peak: float


class CallHistory:
    """Sums up earlier windows."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def before(
        self, database_name: str, query_hashes: Collection[int], until: datetime, lookback: timedelta
    ) -> dict[int, CallFacts]:
        """Return the calls by fingerprint over the windows that began within a time before a moment.

        Hours are counted back from the moment, to the first call, as `utils.call_history` does; a window that
        is longer than an hour is taken as so many hours of even calls. A fingerprint without earlier windows
        is left out.
        """
        length = func.extract("epoch", _COLUMNS.window_end - _COLUMNS.window_start) / 3600.0
        hours_ago = func.floor(func.extract("epoch", until - _COLUMNS.window_start) / 3600.0)
        bucket = (
            select(
                _COLUMNS.query_hash,
                func.sum(_COLUMNS.calls).label("calls"),
                func.greatest(1.0, func.sum(length)).label("span"),
                hours_ago.label("hours_ago"),
            )
            .where(
                _COLUMNS.database_name == database_name,
                _COLUMNS.query_hash.in_(query_hashes),
                _COLUMNS.window_start >= until - lookback,
                _COLUMNS.window_end <= until,
            )
            .group_by(_COLUMNS.query_hash, hours_ago)
            .subquery()
        )
        rate = bucket.c.calls / bucket.c.span
        elapsed = func.max(bucket.c.hours_ago) + 1
        rows = self._session.execute(
            select(
                bucket.c.query_hash,
                func.sum(bucket.c.calls),
                func.sum(rate * rate * bucket.c.span),
                func.max(rate),
                func.greatest(elapsed, func.sum(bucket.c.span)),
            ).group_by(bucket.c.query_hash)
        )
        return {row[0]: _facts(*(float(value) for value in row[1:])) for row in rows}


def _facts(calls: float, squares: float, peak: float, hours: float) -> CallFacts:
    mean = calls / hours
    return CallFacts(mean, max(0.0, squares / hours - mean * mean) ** 0.5, peak)
