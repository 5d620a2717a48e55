"""One row of history: a query in a time window."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

LEAST_MILLISECONDS, MOST_MILLISECONDS = 1e-6, 1e12
"""A time below a nanosecond is none: relative errors of still smaller ones are no finite numbers."""


@dataclass(frozen=True)
class Sample:
    """What was known of a query before a window, and how long it took in it.

    Args:
        database_name: the database that was observed.
        query_hash: the query's fingerprint, a signed 64-bit number.
        window_start: with time zone; a query has one row for each window.
        window_end: with time zone, later than the start.
        features: by name (`predictor.utils.features`); what is absent or None is unknown.
        calls: executions in the window.
        execution_time_ms: mean over those executions, in milliseconds, from
            `LEAST_MILLISECONDS` to `MOST_MILLISECONDS`.
    """

    database_name: str
    query_hash: int
    window_start: datetime
    window_end: datetime
    features: Mapping[str, float | None]
    calls: int
    execution_time_ms: float
