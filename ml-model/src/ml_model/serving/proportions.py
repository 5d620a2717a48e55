"""Shares of counted things: intervals, and whether arms got the traffic that they should."""

import math
from collections.abc import Sequence
from statistics import NormalDist

from scipy.special import chdtrc

LEAST_EXPECTED = 5.0


def wilson(hits: float, trials: float, confidence: float = 0.95) -> tuple[float, float] | None:
    """Return the Wilson interval of a share; None when nothing was tried.

    `trials` need not be whole: correlated observations count for fewer. Wilson (1927), JASA 22.
    """
    if trials <= 0:
        return None
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = hits / trials
    middle = share + z * z / (2 * trials)
    margin = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (middle - margin) / scale), min(1.0, (middle + margin) / scale)


def sample_ratio_p(counts: Sequence[int], shares: Sequence[float]) -> float | None:
    """Return the chi-square p-value that counts are of these shares; None where there are too few to tell."""
    total, whole = sum(counts), sum(shares)
    expected = [total * share / whole for share in shares]
    if min(expected) < LEAST_EXPECTED:
        return None
    statistic = sum((count - want) ** 2 / want for count, want in zip(counts, expected, strict=True))
    return float(chdtrc(len(counts) - 1, statistic))


def same_share_p(hits: Sequence[int], trials: Sequence[int]) -> float | None:
    """Return the chi-square p-value that all groups have one share of hits; None where there are too few."""
    total = sum(trials)
    pooled = sum(hits) / total if total else 0.0
    if min(trials) * min(pooled, 1 - pooled) < LEAST_EXPECTED:
        return None
    spread = pooled * (1 - pooled)
    statistic = sum((hit - n * pooled) ** 2 / (n * spread) for hit, n in zip(hits, trials, strict=True))
    return float(chdtrc(len(trials) - 1, statistic))
