"""What is kept about a training: how good the model is, measured on held-out queries."""

from importlib import import_module
from typing import Any

import numpy as np

from predictor.learning.baselines import fingerprint_mean, planner_cost
from predictor.learning.calibration import Calibration, Calibrations
from predictor.learning.estimators import Entry
from predictor.learning.evaluation import coverage, errors_of, reliability
from predictor.learning.history import Flags, Floats
from predictor.learning.importance import permutation_importance
from predictor.learning.predictor import CLOSE, HeldOut, Network, TrainedPredictor
from predictor.learning.problem import Problem
from predictor.learning.vector import Singles
from predictor.utils.features import NAMES

LIBRARIES = {
    "numpy": "numpy",
    "scikit-learn": "sklearn",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "mapie": "mapie",
    "onnx": "onnx",
    "skl2onnx": "skl2onnx",
    "onnxmltools": "onnxmltools",
    "onnxruntime": "onnxruntime",
}
BACKGROUND_ROWS = 50
REFITTED = "fitted once more with the rows after the cut of the calibration fingerprints"
INTERVAL_METHOD = (
    "cross-conformal by fingerprint: the scores |log(ms) - predicted| / difficulty of each calibration query "
    "come from models that were fitted without it; their quantiles count queries, not executions"
)
Row = dict[str, Any]


def judged(problem: Problem, entry: Entry, network: Network, calibrations: Calibrations) -> TrainedPredictor:
    """Put a predictor together, with the report on its held-out queries."""
    history, test, level = problem.history, problem.sides.test, problem.options.confidence_level
    inputs = problem.inputs[test]
    predicted = np.exp(network.log_ms(inputs))
    held_out = HeldOut(predicted, history.execution_time_ms[test], history.query_hash[test])
    report = {
        "model_type": entry.name,
        "interval_method": INTERVAL_METHOD,
        "seed": problem.options.seed,
        "feature_names": list(NAMES),
        **errors_of(predicted, held_out.actual_ms),
        "baselines": {
            "planner_cost": planner_cost(history, problem.sides.learning, test),
            "fingerprint_mean": fingerprint_mean(history, test, predicted),
        },
        **_intervals(problem.inputs[test], problem.log_ms[test], network, (calibrations.own, level)),
        "from_past": _from_past(problem, network, (calibrations.past, level)),
        "feature_importance": permutation_importance(
            network, inputs, problem.log_ms[test], problem.options.seed
        ),
        "split": _sizes(problem, calibrations.own),
        "library_versions": {
            name: str(import_module(module).__version__) for name, module in LIBRARIES.items()
        },
    }
    return TrainedPredictor(network, calibrations, _background(problem), held_out, report)


def _from_past(problem: Problem, network: Network, asked: tuple[Calibration, float]) -> Row | None:
    """Judge predictions of held-out rows that start from the same query's window before; None without any."""
    rows = np.flatnonzero(problem.sides.test & (problem.before >= 0))
    if not len(rows):
        return None
    inputs, truth = problem.inputs[problem.before[rows]], problem.log_ms[rows]
    errors = errors_of(np.exp(network.log_ms(inputs)), np.exp(truth))
    return {**errors, **_intervals(inputs, truth, network, asked)}


def _intervals(inputs: Singles, truth: Floats, network: Network, asked: tuple[Calibration, float]) -> Row:
    calibration, level = asked
    log_ms = network.log_ms(inputs)
    difficulty = network.difficulty_of(inputs, log_ms)
    scores = np.abs(truth - log_ms) / difficulty
    most = calibration.quantile(level)
    probability: Floats = np.array([calibration.share_within(CLOSE / one) for one in difficulty])
    close: Flags = np.abs(truth - log_ms) <= CLOSE
    return {
        "coverage": None if most is None else coverage(np.exp(log_ms), scores <= most, level),
        "interval_reason": calibration.lacking(level) if most is None else None,
        "reliability": reliability(probability, close),
    }


def _sizes(problem: Problem, calibration: Calibration) -> Row:
    sides, history = problem.sides, problem.history
    chosen = {"training": sides.learning, "calibration": sides.calibration, "test": sides.test}
    return {
        "served_model": "as judged" if sides.cut is None else REFITTED,
        "by": "fingerprint" if sides.cut is None else "fingerprint and time",
        "cut": sides.cut,
        **{
            side: {"rows": int(flags.sum()), "fingerprints": history.rows(flags).fingerprints()}
            for side, flags in chosen.items()
        },
        "fingerprints": history.fingerprints(),
        "rows": len(history),
        "rows_given": problem.rows_given,
        "calibration_scores": len(calibration.scores),
    }


def _background(problem: Problem) -> Any:
    rows = problem.inputs[problem.sides.learning]
    generator = np.random.default_rng(problem.options.seed)
    return rows[np.sort(generator.permutation(len(rows))[:BACKGROUND_ROWS])]
