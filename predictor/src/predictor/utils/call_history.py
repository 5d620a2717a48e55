"""How often a query was called before a moment, hour by hour."""

import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

_HOUR = 3600.0


@dataclass(frozen=True)
class Calls:
    """Calls of one query in one window, counted at the window's start."""

    window_start: datetime
    calls: int


def call_facts(past: Iterable[Calls], before: datetime) -> dict[str, float | None]:
    """Return the features that describe a query's calls before a moment; all None without any.

    Hours are counted back from that moment, to the first call; those without a call count as 0.

    Args:
        past: windows of the query; those that start at the moment or later are passed over.
        before: with time zone; the start of the window that the features are for.
    """
    hours: Counter[int] = Counter()
    for window in past:
        if window.window_start < before:
            hours[int((before - window.window_start).total_seconds() // _HOUR)] += window.calls
    if not hours:
        return dict.fromkeys(("query_calls_per_hour", "std_dev_calls", "peak_hour_calls"))
    counts = [float(hours[hour]) for hour in range(max(hours) + 1)]
    return {
        "query_calls_per_hour": statistics.fmean(counts),
        "std_dev_calls": statistics.pstdev(counts),
        "peak_hour_calls": max(counts),
    }
