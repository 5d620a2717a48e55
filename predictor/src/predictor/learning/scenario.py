"""The same query after the obvious improvements."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from predictor.learning.improvements import IMPROVEMENTS
from predictor.learning.predictor import TrainedPredictor
from predictor.learning.vector import vector
from predictor.utils.features import BY_NAME, NAMES

Features = Mapping[str, float | None]
NOTHING_HELPS = "No improvement that is known here lowers the prediction; it stays as it is."


@dataclass(frozen=True)
class Change:
    """An improvement that was assumed, and by how many milliseconds it moves the prediction."""

    name: str
    assumption: str
    change_ms: float


@dataclass(frozen=True)
class OptimizedPlan:
    """Features after the improvements, the predictions before and after, and what was assumed.

    The changes add up to the difference of the two predictions.
    """

    features: dict[str, float | None]
    current_ms: float
    optimized_ms: float
    changes: tuple[Change, ...]
    explanation: str


def optimize(trained: TrainedPredictor, features: Features) -> OptimizedPlan:
    """Apply each improvement that fits, one after another, and keep those that lower the prediction."""
    known: dict[str, float | None] = {
        name: number for name in NAMES if (number := _known(features.get(name))) is not None
    }
    before = now = _milliseconds(trained, known)
    changes: list[Change] = []
    for improvement in IMPROVEMENTS:
        if not improvement.applies(known):
            continue
        changed = improvement.improved(known)
        better = {**known, **{name: number for name, number in changed.items() if name in BY_NAME}}
        then = _milliseconds(trained, better)
        if then < now:
            changes.append(Change(improvement.name, improvement.assumption, then - now))
            known, now = better, then
    words = "; ".join(change.assumption for change in changes)
    sentence = f"Assumed: {words}." if changes else NOTHING_HELPS
    return OptimizedPlan({name: known.get(name) for name in NAMES}, before, now, tuple(changes), sentence)


def _known(number: float | None) -> float | None:
    return None if number is None or not math.isfinite(number) else float(number)


def _milliseconds(trained: TrainedPredictor, features: Features) -> float:
    return float(trained.predict_many(vector(features)[None])[0])
