"""Train, calibrate, export, judge."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from predictor.learning.calibration import Calibration, Calibrations
from predictor.learning.conformal import calibrate
from predictor.learning.conversion import to_bytes
from predictor.learning.cost_line import FLAT, CostLine, fit_cost_line
from predictor.learning.difficulty import Errors, fit_difficulty, floor_of, out_of_fold
from predictor.learning.errors import ConversionDiffers
from predictor.learning.estimators import Entry, entry_of
from predictor.learning.history import Flags, Floats, History, check, earlier
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
LEAST_WITH_A_PAST = 10


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
    inputs, log_ms = model_input(rows.features), rows.log_ms()
    problem = Problem(rows, inputs, log_ms, sides, earlier(rows), options, len(history))
    progress(10, "predicting each query from the others")
    own, past = _predict_unseen(problem, entry)
    progress(50, "fitting the model")
    model = _fit(problem, entry, sides.learning)
    progress(60, "calibrating intervals")
    calibrations, forest, least = _calibrate(problem, own, past)
    progress(70, "exporting to ONNX")
    network = _export(problem, model, forest, least)
    progress(80, "judging on held-out queries")
    trained = judged(problem, entry, network, calibrations)
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


def _predict_unseen(problem: Problem, entry: Entry) -> tuple[Floats, Floats]:
    """Predict log(ms), float64[n] each, of calibration rows by models of the other queries; NaN elsewhere.

    First from the rows' own features, then from those of the window before, where there is one.
    """
    sides, before = problem.sides, problem.before
    own, past = np.full(len(before), np.nan), np.full(len(before), np.nan)
    for fold in np.unique(sides.fold[sides.calibration]):
        judged = sides.fold == fold
        model = _fit(problem, entry, sides.learning & ~judged)
        own[judged] = model.predict(problem.inputs[judged])
        follows = judged & (before >= 0)
        past[follows] = model.predict(problem.inputs[before[follows]]) if follows.any() else np.nan
    limits = _limits(problem)
    return np.clip(own, *limits), np.clip(past, *limits)


def _limits(problem: Problem) -> tuple[float, float]:
    """Bound predictions by the times that were learnt from, and a factor of ten beyond."""
    learnt = problem.log_ms[problem.sides.learning]
    return float(learnt.min() - BEYOND), float(learnt.max() + BEYOND)


def _calibrate(problem: Problem, own: Floats, past: Floats) -> tuple[Calibrations, Any, float]:
    chosen, seed, fold = problem.sides.calibration, problem.options.seed, problem.sides.fold
    follows = chosen & (problem.before >= 0)
    errors = np.abs(problem.log_ms - own)[chosen]
    least = floor_of(errors)
    known = Errors(with_prediction(problem.inputs[chosen], own[chosen]), errors, fold[chosen])
    before = with_prediction(problem.inputs[problem.before[follows]], past[follows])
    asked, folds = np.concatenate([known.rows, before]), np.concatenate([known.fold, fold[follows]])
    expected = np.maximum(out_of_fold(known, asked, folds, seed), least)
    calibration = _scored(problem, chosen, own, expected[: len(errors)])
    after = calibration
    if problem.history.rows(follows).fingerprints() >= LEAST_WITH_A_PAST:
        after = _scored(problem, follows, past, expected[len(errors) :])
    return Calibrations(calibration, after), fit_difficulty(known.rows, errors, seed), least


def _scored(problem: Problem, chosen: Flags, predicted: Floats, expected: Floats) -> Calibration:
    triples = np.column_stack([predicted[chosen], expected, problem.log_ms[chosen]])
    return calibrate(triples, problem.history.query_hash[chosen], problem.options.seed)


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
