"""Intervals that stay valid however often one looks: asymptotic confidence sequences.

Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas: Time-uniform central limit theory and asymptotic confidence
sequences (arXiv 2103.06476), equation 9 for the interval and 161 for its tuning, used on a difference of two
arms as GrowthBook documents it. All functions take numbers or numpy arrays.
"""

from typing import Any

import numpy as np

Numbers = Any
Pair = tuple[Numbers, Numbers]


def mixing(alpha: float, tightest_at: float) -> float:
    """Return rho squared, with which the sequence is about tightest at `tightest_at` observations."""
    doubled = -2 * np.log(alpha)
    return float((doubled + np.log(doubled + 1)) / tightest_at)


def margin(variance: Numbers, observations: Numbers, alpha: float, tightest_at: float) -> Numbers:
    """Return half the width of the interval around a mean of `observations` that each have this variance."""
    rho2 = mixing(alpha, tightest_at)
    grown = observations * rho2 + 1
    return np.sqrt(variance * 2 * grown * np.log(np.sqrt(grown) / alpha) / (observations**2 * rho2))


def share_variance(hits: Numbers, trials: Numbers) -> Numbers:
    """Return the variance of a share, with one hit and one miss added.

    Without them a share of 0 or 1 after few trials would have no variance and prove anything.
    """
    share = (hits + 1) / (trials + 2)
    return share * (1 - share) / trials


def clustered_variance(clusters: Numbers) -> Numbers:
    """Return the variance of a share whose observations come in clusters, by the delta method.

    `clusters` has trials and hits, and the sums over clusters of trials squared, trials times hits and hits
    squared. With one trial in each cluster it is share * (1 - share) / trials.
    """
    share = clusters.hits / clusters.trials
    scattered = clusters.hits_squared - 2 * share * clusters.products + share**2 * clusters.trials_squared
    return scattered / clusters.trials**2


def difference_variance(variances: Pair, hits: Pair, trials: Pair) -> Numbers:
    """Return the variance of the difference of two shares: their own together, or if more that of equals.

    A small arm beside a large one knows too little of its own variance; were there no difference, it would be
    the one of both arms' trials together.
    """
    pooled = (hits[0] + hits[1] + 1) / (trials[0] + trials[1] + 2)
    equal = pooled * (1 - pooled) * (1 / trials[0] + 1 / trials[1])
    return np.maximum(variances[0] + variances[1], equal)


def difference_margin(variance: Numbers, units: Pair, alpha: float, tightest_at: float) -> Numbers:
    """Return half the width of the interval around the difference of two arms' shares.

    Args:
        variance: of the difference.
        units: independent observations of each arm.
        alpha: how often at most the interval ever leaves the true difference.
        tightest_at: units of both arms at which it is tightest.
    """
    observations = units[0] + units[1]
    return margin(variance * observations, observations, alpha, tightest_at)
