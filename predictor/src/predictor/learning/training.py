"""Train, calibrate, export, judge."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from predictor.learning.calibration import Calibration
from predictor.learning.conformal import calibrate
from predictor.learning.conversion import to_bytes
from predictor.learning.cost_line import FLAT, CostLine, fit_cost_line
from predictor.learning.difficulty import fit_difficulty, floor_of, out_of_fold
from predictor.learning.errors import ConversionDiffers
from predictor.learning.estimators import Entry, entry_of
from predictor.learning.history import Flags, Floats, History, check
from predictor.learning.onnx_model import OnnxModel
from predictor.learning.options import TrainingOptions
from predictor.learning.pipelines import fitted, pipeline_of
from predictor.learning.predictor import Network, TrainedPredictor
from predictor.learning.problem import Problem
from predictor.learning.report import judged
from predictor.learning.splitting import split, thinned
from predictor.learning.vector import Singles, model_input, with_prediction

Progress = Callable[[int, str], None]

MOST_DIFFERENCE = 1e-4
BEYOND = np.log(10.0)


@dataclass(frozen=True)
class Fitted:
    """A pipeline, and the line over the planner's cost that its answers are added to."""

    pipeline: Any
    line: CostLine

    def predict(self, inputs: Singles) -> Floats:
        """Give log(ms), float64[n]."""
        return self.line.predict(inputs) + np.asarray(self.pipeline.predict(inputs), dtype=np.float64)


def train(
    history: History, model_type: str, options: TrainingOptions, progress: Progress
) -> TrainedPredictor:
    """Train a model of log(ms) and all that serves with it.

    The report judges a model that knows nothing from the time of the test. What serves is fitted once more,
    with the newest rows of the same queries; the held-out queries stay unseen.

    Args:
        history: of several queries.
        model_type: a name of `estimators.ENTRIES`.
        options: seed and level.
        progress: called with per cent and the name of the step; what it raises ends the training.

    Raises:
        UnknownModelType: no such entry.
        InvalidHistory: nothing can be learnt from it.
        TooFewFingerprints: to learn from.
        ConversionDiffers: ONNX does not answer what the pipeline answers.
    """
    entry = entry_of(model_type)
    check(history)
    progress(5, "splitting by fingerprint and time")
    rows = thinned(history, options.seed)
    sides = split(rows, options.seed)
    problem = Problem(rows, model_input(rows.features), rows.log_ms(), sides, options, len(history))
    progress(10, "predicting each query from the others")
    unseen = _predict_unseen(problem, entry)
    progress(50, "fitting the model")
    model = _fit(problem, entry, sides.learning)
    progress(60, "calibrating intervals")
    calibration, forest, least = _calibrate(problem, unseen)
    progress(70, "exporting to ONNX")
    network = _export(problem, model, forest, least)
    progress(80, "judging on held-out queries")
    trained = judged(problem, entry, network, calibration)
    if sides.cut is None:
        return trained
    progress(90, "fitting again with the newest rows")
    newest = _fit(problem, entry, sides.calibration)
    return trained.served_by(_export(problem, newest, forest, least))


def _fit(problem: Problem, entry: Entry, chosen: Flags) -> Fitted:
    inputs, target = problem.inputs[chosen], problem.log_ms[chosen]
    line = fit_cost_line(inputs, target) if entry.over_cost else FLAT
    pipeline = pipeline_of(entry, problem.options.seed)
    return Fitted(fitted(pipeline, inputs, target - line.predict(inputs)), line)


def _predict_unseen(problem: Problem, entry: Entry) -> Floats:
    """Predict log(ms), float64[n], of the calibration rows by models of the other queries; NaN elsewhere."""
    sides = problem.sides
    found = np.full(len(problem.log_ms), np.nan)
    for fold in np.unique(sides.fold[sides.calibration]):
        judged = sides.fold == fold
        found[judged] = _fit(problem, entry, sides.learning & ~judged).predict(problem.inputs[judged])
    clipped: Floats = np.clip(found, *_limits(problem))
    return clipped


def _limits(problem: Problem) -> tuple[float, float]:
    """Bound predictions by the times that were learnt from, and a factor of ten beyond."""
    learnt = problem.log_ms[problem.sides.learning]
    return float(learnt.min() - BEYOND), float(learnt.max() + BEYOND)


def _calibrate(problem: Problem, unseen: Floats) -> tuple[Calibration, Any, float]:
    chosen, seed = problem.sides.calibration, problem.options.seed
    predicted, truth = unseen[chosen], problem.log_ms[chosen]
    errors = np.abs(truth - predicted)
    least = floor_of(errors)
    rows = with_prediction(problem.inputs[chosen], predicted)
    expected = np.maximum(out_of_fold(rows, errors, problem.sides.fold[chosen], seed), least)
    triples = np.column_stack([predicted, expected, truth])
    calibration = calibrate(triples, problem.history.query_hash[chosen], seed)
    return calibration, fit_difficulty(rows, errors, seed), least


def _export(problem: Problem, model: Fitted, forest: Any, least: float) -> Network:
    width = problem.inputs.shape[1]
    network = Network(
        model=OnnxModel(to_bytes(model.pipeline, width), width),
        difficulty=OnnxModel(to_bytes(forest, width + 1), width + 1),
        line=model.line,
        limits=_limits(problem),
        least_difficulty=least,
    )
    checked = problem.sides.learning | problem.sides.test
    inputs = problem.inputs[checked]
    _compare(network.model.run(inputs), np.asarray(model.pipeline.predict(inputs), dtype=np.float64))
    rows = with_prediction(inputs, network.log_ms(inputs))
    _compare(network.difficulty.run(rows), forest.predict(rows))
    return network


def _compare(exported: Floats, fitted: Floats) -> None:
    difference = float(np.abs(exported - fitted).max())
    if not difference <= MOST_DIFFERENCE:
        raise ConversionDiffers(difference, MOST_DIFFERENCE)
