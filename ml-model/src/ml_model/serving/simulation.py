"""A/B tests on made-up traffic: how often a rule names a winner when one looks again and again."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ml_model.serving.sequential import difference_margin, difference_variance, share_variance
from ml_model.serving.verdict import Rules

CONTROL, CHALLENGER = 0, 1


@dataclass(frozen=True)
class Traffic:
    """What the simulated tests meet."""

    accuracies: tuple[float, float]
    share: float = 50.0
    feedback_share: float = 1.0
    requests: int = 4000
    every: int = 50


@dataclass(frozen=True)
class Seen:
    """What is counted at each look: arrays of tests by looks, for control and challenger."""

    trials: tuple[Any, Any]
    hits: tuple[Any, Any]


def look(traffic: Traffic, tests: int, seed: int) -> Seen:
    """Draw `tests` tests and count after every `traffic.every` requests."""
    random = np.random.default_rng(seed)
    shape = (tests, traffic.requests // traffic.every)
    challenged = random.binomial(traffic.every, traffic.share / 100, shape)
    trials, hits = [], []
    for requests, accuracy in zip((traffic.every - challenged, challenged), traffic.accuracies, strict=True):
        labelled = random.binomial(requests, traffic.feedback_share)
        trials.append(np.cumsum(labelled, axis=1))
        hits.append(np.cumsum(random.binomial(labelled, accuracy), axis=1))
    return Seen((trials[0], trials[1]), (hits[0], hits[1]))


def sequence_winners(seen: Seen, rules: Rules) -> Any:
    """Return -1, 0 or 1 at each look: the control is proven better, nobody, the challenger."""
    difference, variance = _compared(seen)
    beyond = difference_margin(variance, seen.trials, rules.alpha, rules.tightest_at)
    return _named(seen, difference, beyond, rules)


def fixed_size_winners(seen: Seen, rules: Rules, z: float = 1.959964) -> Any:
    """Return the same for the z-test that is made for one look, to compare with."""
    difference, variance = _compared(seen)
    return _named(seen, difference, z * np.sqrt(variance), rules)


def _compared(seen: Seen) -> tuple[Any, Any]:
    trials = (np.maximum(seen.trials[CONTROL], 1), np.maximum(seen.trials[CHALLENGER], 1))
    shares = [hits / n for hits, n in zip(seen.hits, trials, strict=True)]
    control, challenger = (share_variance(hits, n) for hits, n in zip(seen.hits, trials, strict=True))
    variance = difference_variance((control, challenger), seen.hits, trials)
    return shares[CHALLENGER] - shares[CONTROL], variance


def _named(seen: Seen, difference: Any, beyond: Any, rules: Rules) -> Any:
    enough = np.minimum(*seen.trials) >= rules.minimum_sample
    return np.where(enough & (np.abs(difference) > beyond), np.sign(difference), 0)


def share_ever(winners: Any, of: int | None = None) -> float:
    """Return the share of tests that ever named a winner, or this one."""
    return float(np.mean(np.any(winners != 0 if of is None else winners == of, axis=1)))


def requests_until(winners: Any, traffic: Traffic, of: int = 1) -> float:
    """Return the median number of requests until this winner was named, among the tests that did."""
    named = winners == of
    return float(np.median((np.argmax(named, axis=1)[np.any(named, axis=1)] + 1) * traffic.every))
