"""What statements did between two readings of their counters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from predictor.client.statement_statistics import Counter, Counters
from predictor.persistence.repository.statement_counters import Mark


@dataclass(frozen=True)
class Delta:
    """What one statement did in a window.

    Args:
        query_hash: its fingerprint.
        window_start: the last reading, or the reset of all counters since.
        calls: executions, more than 0.
        total_ms: sum of their times.
    """

    query_hash: int
    window_start: datetime
    calls: int
    total_ms: float


@dataclass(frozen=True)
class Deltas:
    """What all statements did, the longest total time first.

    Args:
        rows: those that were called.
        reset: statements whose counters began anew since the last reading.
    """

    rows: tuple[Delta, ...]
    reset: int


def deltas(counters: Counters, marks: Mapping[int, Mark]) -> Deltas:
    """Compare a reading with the one before.

    Counters that began anew count from nought: after a reset of all, of one (its calls went down or, where
    the version tells, it began later), and for a statement that was not there. What was counted between the
    last reading and a reset is lost.

    Args:
        counters: read now.
        marks: the last reading, not empty.
    """
    last_read = max(mark.read_at for mark in marks.values())
    start = last_read
    if counters.reset_at is not None and counters.reset_at > last_read:
        marks, start = {}, counters.reset_at
    rows, reset = [], 0
    for counter in counters.rows:
        mark = marks.get(counter.query_hash)
        anew = mark is None or _began_anew(counter, mark)
        reset += anew and (mark is not None or start > last_read)
        calls, total_ms = _since(counter, None if anew else mark)
        if calls > 0 and total_ms > 0:
            rows.append(Delta(counter.query_hash, start, calls, total_ms))
    return Deltas(tuple(sorted(rows, key=lambda delta: (-delta.total_ms, delta.query_hash))), reset)


def _since(counter: Counter, mark: Mark | None) -> tuple[int, float]:
    if mark is None:
        return counter.calls, counter.total_exec_time_ms
    return counter.calls - mark.calls, counter.total_exec_time_ms - mark.total_exec_time_ms


def _began_anew(counter: Counter, mark: Mark) -> bool:
    went_down = counter.calls < mark.calls or counter.total_exec_time_ms < mark.total_exec_time_ms
    return went_down or (counter.since is not None and counter.since > mark.read_at)
