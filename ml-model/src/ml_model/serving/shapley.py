"""Shapley values by asking a model, with a bound on how often."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

SEED = 42
MOST_EXACT = 10
MOST_ROWS = 2_000
CELLS_AT_ONCE = 500_000

Value = Callable[[list[list[Any]]], np.ndarray]


@dataclass(frozen=True)
class Contributions:
    """What each feature adds to `base`; `probability` tells what it adds up to."""

    base: float
    values: np.ndarray
    probability: bool = False


def sampled(value: Value, row: list[Any], background: list[Any]) -> Contributions:
    """Compare a row with a background row: exactly up to ten features, else along random orders.

    The values add up to the difference exactly in both cases; orders come in pairs, one the other reversed.
    """
    width = len(row)
    orders: list[tuple[int, ...]]
    if width <= MOST_EXACT:
        return _exact(value, row, background)
    random = np.random.default_rng(SEED)
    pairs = max(1, MOST_ROWS // (2 * (width + 1)))
    drawn = [tuple(random.permutation(width).tolist()) for _ in range(pairs)]
    orders = [order for one in drawn for order in (one, one[::-1])]
    total = np.zeros(width)
    base = 0.0
    for order in orders:
        steps = _asked(value, _along(order, row, background), width)
        total[list(order)] += np.diff(steps)
        base = float(steps[0])
    return Contributions(base, total / len(orders))


def _along(order: tuple[int, ...], row: list[Any], background: list[Any]) -> list[list[Any]]:
    """Go from the background to the row, one feature after the other."""
    mixed = list(background)
    rows = [list(mixed)]
    for place in order:
        mixed[place] = row[place]
        rows.append(list(mixed))
    return rows


def _asked(value: Value, rows: list[list[Any]], width: int) -> np.ndarray:
    step = max(1, CELLS_AT_ONCE // width)
    return np.concatenate([value(rows[start : start + step]) for start in range(0, len(rows), step)])


def _exact(value: Value, row: list[Any], background: list[Any]) -> Contributions:
    """Weigh every subset of the features."""
    width = len(row)
    subsets = list(itertools.product((False, True), repeat=width))
    rows = [
        [own if chosen else other for chosen, own, other in zip(subset, row, background, strict=True)]
        for subset in subsets
    ]
    values = dict(zip(subsets, _asked(value, rows, width).tolist(), strict=True))
    weights = _weights(width)
    contributions = np.zeros(width)
    for subset in subsets:
        for place in range(width):
            if not subset[place]:
                bigger = (*subset[:place], True, *subset[place + 1 :])
                contributions[place] += weights[sum(subset)] * (values[bigger] - values[subset])
    return Contributions(values[subsets[0]], contributions)


def _weights(width: int) -> list[float]:
    """Give the weight of a subset by its size: k! (n - k - 1)! / n!."""
    weights = [1.0 / width]
    for size in range(1, width):
        weights.append(weights[-1] * size / (width - size))
    return weights
