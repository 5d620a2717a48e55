"""Descriptive statistics of a few numbers."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Statistics:
    """What is told of a set of numbers; None where a result is too large for a double.

    Variance and standard deviation are those of the whole set (divided by n), because it is described, not
    estimated from. Quartiles interpolate linearly between the values (Hyndman and Fan's type 7, numpy's
    default). The mode is the most frequent value, the smallest of several that are equally frequent.
    """

    count: int
    mean: float | None
    median: float | None
    std_dev: float | None
    variance: float | None
    min: float
    max: float
    mode: float
    iqr: float | None


def statistics_of(values: Sequence[float]) -> Statistics:
    """Summarize one or more finite numbers."""
    numbers = np.asarray(values, dtype=float)
    with np.errstate(over="ignore", invalid="ignore"):
        lower, upper = np.percentile(numbers, [25, 75])
        return Statistics(
            count=len(numbers),
            mean=_finite(numbers.mean()),
            median=_finite(np.median(numbers)),
            std_dev=_finite(numbers.std()),
            variance=_finite(numbers.var()),
            min=float(numbers.min()),
            max=float(numbers.max()),
            mode=min(statistics.multimode(values)),
            iqr=_finite(upper - lower),
        )


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
