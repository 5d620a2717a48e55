"""What a model learns from: executions of queries, one row for each query and time window."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from predictor.learning.errors import InvalidHistory
from predictor.utils.features import NAMES

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class History:
    """Measured executions, n rows.

    Args:
        query_hash: fingerprints, int64[n].
        window_start: seconds since the epoch, float64[n].
        features: float64[n, k] in the order of `predictor.utils.features.NAMES`; NaN is unknown.
        execution_time_ms: float64[n], above 0.
    """

    query_hash: Integers
    window_start: Floats
    features: Floats
    execution_time_ms: Floats

    def __len__(self) -> int:
        return len(self.query_hash)

    def rows(self, chosen: NDArray[np.bool_] | Integers) -> "History":
        """Give the chosen rows, by flags or by indices."""
        return History(
            self.query_hash[chosen],
            self.window_start[chosen],
            self.features[chosen],
            self.execution_time_ms[chosen],
        )

    def fingerprints(self) -> int:
        """Count the different queries."""
        return len(np.unique(self.query_hash))

    def log_ms(self) -> Floats:
        """Give the natural logarithm of the times, float64[n]: errors of query times are multiplicative."""
        return np.log(self.execution_time_ms)


def check(history: History) -> None:
    """Refuse what nothing can be learnt from.

    Raises:
        InvalidHistory: shapes that do not belong together, or a time that is not a positive number.
    """
    count = len(history)
    shapes = (history.window_start.shape, history.execution_time_ms.shape, history.features.shape)
    if shapes != ((count,), (count,), (count, len(NAMES))):
        raise InvalidHistory(
            f"The history's arrays do not fit {count} rows of {len(NAMES)} features: {shapes}."
        )
    times = history.execution_time_ms
    wrong = int(np.count_nonzero(~(np.isfinite(times) & (times > 0))))
    if wrong:
        raise InvalidHistory(f"{wrong} of {count} execution times are not positive numbers.")
    if not np.isfinite(history.window_start).all():
        raise InvalidHistory("Some windows have no start.")


def earlier(history: History) -> Integers:
    """Give for each row the row of the same query's window before it, int64[n]; -1 without one."""
    order = np.lexsort((history.window_start, history.query_hash))
    same = history.query_hash[order][1:] == history.query_hash[order][:-1]
    found = np.full(len(history), -1, dtype=np.int64)
    found[order[1:][same]] = order[:-1][same]
    return found
