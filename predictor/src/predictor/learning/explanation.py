"""Which features moved a prediction, and by how many milliseconds."""

import functools
import threading
from dataclasses import dataclass
from importlib import import_module

import numpy as np

from predictor.learning.history import Floats
from predictor.learning.predictor import TrainedPredictor
from predictor.learning.vector import model_input
from predictor.utils.features import NAMES

SEED = 42
PERMUTATIONS = 8


@dataclass(frozen=True)
class Contribution:
    """One feature: its value (None is unknown) and by how many milliseconds it moved the prediction."""

    feature: str
    value: float | None
    milliseconds: float


@dataclass(frozen=True)
class Explanation:
    """The mean prediction over the background and what each feature adds; the sum is the prediction."""

    base_ms: float
    contributions: tuple[Contribution, ...]


def explain(trained: TrainedPredictor, vector: Floats) -> Explanation:
    """Divide a prediction among the features float64[k], largest effect first.

    Shapley values of the predicted milliseconds, estimated over permutations of the features and their
    reverses, so that they add up exactly. Source: Lundberg, Lee 2017, A unified approach to interpreting
    model predictions.
    """
    shap = import_module("shap")  # takes seconds, and only explanations need it
    inputs = model_input(vector[np.newaxis])
    masker = shap.maskers.Independent(trained.background, max_samples=len(trained.background))
    explainer = shap.PermutationExplainer(trained.predict_inputs, masker, seed=SEED)
    answer = explainer(inputs, max_evals=PERMUTATIONS * (2 * len(NAMES) + 1), silent=True)
    rows = [
        Contribution(name, None if np.isnan(value) else float(value), float(effect))
        for name, value, effect in zip(NAMES, vector, answer.values[0], strict=True)
    ]
    ordered = sorted(rows, key=lambda row: -abs(row.milliseconds))
    return Explanation(float(np.ravel(answer.base_values)[0]), tuple(ordered))


@functools.cache
def warm_up() -> None:
    """Load in the background, once in a process, what explains: it takes seconds."""
    threading.Thread(target=import_module, args=("shap",), name="warm-up", daemon=True).start()
