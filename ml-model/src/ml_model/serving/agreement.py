"""Whether two models answer alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml_model.serving.answers import Predicted
from ml_model.serving.signature import InputRefused

TOLERANCE = 1e-5
Answer = Callable[[Any], Predicted]


@dataclass(frozen=True)
class Agreement:
    """What a comparison came to; `reason` says what differs, if anything does."""

    rows: int
    largest_difference: float
    reason: str | None = None


def compare(reference: Answer, candidate: Answer, rows: Any) -> Agreement:
    """Ask both; a row that the reference refuses counts only where the other one answers differently.

    Labels must be identical, probabilities within 1e-5, and both or neither must give any.
    """
    wanted = taken(reference, rows)
    largest = 0.0
    compared = 0
    for part, expected in wanted:
        try:
            got = candidate(part)
        except InputRefused as fault:
            return Agreement(compared, largest, f"it refuses a row that the pipeline takes: {fault}")
        compared += len(expected.labels)
        difference, reason = _difference(expected, got)
        largest = max(largest, difference)
        if reason is not None:
            return Agreement(compared, largest, reason)
    return Agreement(compared, largest)


def taken(reference: Answer, rows: Any) -> list[tuple[Any, Predicted]]:
    """Answer rows in as few parts as it takes to leave out those that are refused."""
    if not len(rows):
        return []
    try:
        return [(rows, reference(rows))]
    except InputRefused:
        half = len(rows) // 2
        return [] if len(rows) == 1 else [*taken(reference, rows[:half]), *taken(reference, rows[half:])]


def _difference(expected: Predicted, got: Predicted) -> tuple[float, str | None]:
    wrong = sum(one != other for one, other in zip(expected.labels, got.labels, strict=True))
    if (expected.probabilities is None) != (got.probabilities is None):
        return 0.0, "one gives probabilities and the other does not"
    largest = 0.0
    if expected.probabilities is not None and got.probabilities is not None:
        apart = np.abs(expected.probabilities - got.probabilities)
        largest = float(apart.max()) if np.isfinite(apart).all() else float("inf")
    if wrong:
        return largest, f"{wrong} of {len(expected.labels)} labels differ"
    if largest > TOLERANCE:
        return largest, f"probabilities differ by up to {largest:.1e}, more than {TOLERANCE:g}"
    return largest, None
