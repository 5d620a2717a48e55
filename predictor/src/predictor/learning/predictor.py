"""A trained model as it serves: numbers and two ONNX sessions."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from predictor.learning import artifact
from predictor.learning.calibration import Basis, Calibration, Calibrations
from predictor.learning.cost_line import CostLine
from predictor.learning.history import Floats, Integers
from predictor.learning.onnx_model import OnnxModel
from predictor.learning.vector import Singles, model_input, with_prediction
from predictor.utils.features import NAMES

CLOSE = math.log(1.5)
ONE_SIGMA = 0.6827
MOST_LOG_WIDTH = 50.0


@dataclass(frozen=True)
class Prediction:
    """One answer.

    Args:
        execution_time_ms: the prediction, above 0.
        lower_bound_ms: of the interval at the level that was asked; None with a reason.
        upper_bound_ms: likewise.
        std_dev_ms: half the width of the central 68.27 % interval; None if too few queries.
        confidence_score: probability that the real time lies within a factor of 1.5 of the prediction.
        interval_reason: why there is no interval, else None.
    """

    execution_time_ms: float
    lower_bound_ms: float | None
    upper_bound_ms: float | None
    std_dev_ms: float | None
    confidence_score: float
    interval_reason: str | None


@dataclass(frozen=True)
class HeldOut:
    """Predictions for rows that the model was judged by, all of length n."""

    predicted_ms: Floats
    actual_ms: Floats
    query_hash: Integers


@dataclass(frozen=True)
class Network:
    """What turns features into log(ms) and its difficulty.

    Args:
        model: takes float32[n, k].
        difficulty: takes float32[n, k + 1], the last one the predicted log(ms).
        line: over the planner's cost; what the model answers is added to it.
        limits: least and largest log(ms) that is ever predicted.
        least_difficulty: in log(ms).
    """

    model: OnnxModel
    difficulty: OnnxModel
    line: CostLine
    limits: tuple[float, float]
    least_difficulty: float

    def log_ms(self, inputs: Singles) -> Floats:
        """Predict log(ms), float64[n], for inputs float32[n, k]."""
        raw = self.line.predict(inputs) + self.model.run(inputs)
        clipped: Floats = np.clip(np.nan_to_num(raw, nan=self.line.unknown), *self.limits)
        return clipped

    def difficulty_of(self, inputs: Singles, log_ms: Floats) -> Floats:
        """Expect an absolute error in log(ms), float64[n]."""
        found = self.difficulty.run(with_prediction(inputs, log_ms))
        return np.maximum(found, self.least_difficulty)


class TrainedPredictor:
    """Predicts; safe to use from several threads at once.

    Args:
        network: what was learnt.
        calibrations: scores on queries that were not learnt from.
        background: inputs float32[m, k] that stand for the history in explanations.
        held_out: predictions that the report judges.
        report: what was measured, ready for JSON.
    """

    def __init__(
        self,
        network: Network,
        calibrations: Calibrations,
        background: Singles,
        held_out: HeldOut,
        report: dict[str, Any],
    ) -> None:
        self.network = network
        self.calibrations = calibrations
        self.background = background
        self.held_out = held_out
        self.report = report

    def predict(self, vector: Floats, confidence_level: float, basis: Basis = "own") -> Prediction:
        """Predict for features float64[k] in the order of `NAMES`, with an interval at a level in (0, 1).

        The interval is the one for features of that basis.
        """
        calibration = self.calibrations.of(basis)
        inputs = model_input(vector[np.newaxis])
        log_ms = self.network.log_ms(inputs)
        difficulty = float(self.network.difficulty_of(inputs, log_ms)[0])
        center = float(log_ms[0])
        bounds = _bounds(calibration, center, difficulty, confidence_level)
        central = _bounds(calibration, center, difficulty, ONE_SIGMA)
        return Prediction(
            execution_time_ms=math.exp(center),
            lower_bound_ms=bounds[0] if bounds else None,
            upper_bound_ms=bounds[1] if bounds else None,
            std_dev_ms=(central[1] - central[0]) / 2.0 if central else None,
            confidence_score=calibration.share_within(CLOSE / difficulty),
            interval_reason=None if bounds else calibration.lacking(confidence_level),
        )

    def predict_many(self, features: Floats) -> Floats:
        """Predict milliseconds, float64[n], for features float64[n, k] in the order of `NAMES`."""
        return np.exp(self.network.log_ms(model_input(features)))

    def predict_inputs(self, inputs: Singles | Floats) -> Floats:
        """Predict milliseconds, float64[n], for inputs [n, k] as `model_input` makes them."""
        return np.exp(self.network.log_ms(np.asarray(inputs, dtype=np.float32)))

    def served_by(self, network: Network) -> "TrainedPredictor":
        """Put another network in the place of the one that was judged."""
        return TrainedPredictor(network, self.calibrations, self.background, self.held_out, self.report)

    def dumps(self) -> bytes:
        """Write everything as NumPy arrays without pickle."""
        network, held_out = self.network, self.held_out
        own, past = self.calibrations.own, self.calibrations.past
        line = network.line
        return artifact.write(
            {
                "format": artifact.FORMAT,
                "model": artifact.array_of(network.model.content),
                "difficulty": artifact.array_of(network.difficulty.content),
                "line": (line.intercept, line.slope, line.unknown),
                "limits": network.limits,
                "least_difficulty": network.least_difficulty,
                "scores": own.scores,
                "fingerprints": own.fingerprints,
                "past_scores": past.scores,
                "past_fingerprints": past.fingerprints,
                "background": self.background,
                "predicted_ms": held_out.predicted_ms,
                "actual_ms": held_out.actual_ms,
                "query_hash": held_out.query_hash,
                "report": artifact.written_report(self.report),
            }
        )

    @classmethod
    def loads(cls, content: bytes) -> "TrainedPredictor":
        """Read what `dumps` wrote.

        Raises:
            DamagedArtifact: anything else.
        """
        arrays = artifact.read(content)
        report = artifact.read_report(arrays["report"])
        network = Network(
            model=OnnxModel(arrays["model"].tobytes(), len(NAMES)),
            difficulty=OnnxModel(arrays["difficulty"].tobytes(), len(NAMES) + 1),
            line=CostLine(*(float(number) for number in arrays["line"])),
            limits=(float(arrays["limits"][0]), float(arrays["limits"][1])),
            least_difficulty=float(arrays["least_difficulty"]),
        )
        calibrations = Calibrations(
            Calibration(arrays["scores"], int(arrays["fingerprints"])),
            Calibration(arrays["past_scores"], int(arrays["past_fingerprints"])),
        )
        held_out = HeldOut(arrays["predicted_ms"], arrays["actual_ms"], arrays["query_hash"])
        return cls(network, calibrations, arrays["background"], held_out, report)


def _bounds(
    calibration: Calibration, center: float, difficulty: float, level: float
) -> tuple[float, float] | None:
    score = calibration.quantile(level)
    if score is None:
        return None
    width = min(score * difficulty, MOST_LOG_WIDTH)
    return math.exp(center - width), math.exp(center + width)
