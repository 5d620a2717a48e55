"""Keep what a query really took, and say how good the prediction was."""

import math
from dataclasses import dataclass

from predictor.persistence.model.record import PredictionRecord, ValidationRecord, version_name
from predictor.persistence.repository.predictions import Predictions
from predictor.service.errors import OtherPrediction, PredictionNotFound, ValidatedOtherwise
from predictor.service.prediction_records import PredictionRecords
from predictor.service.prediction_series import PredictionSeries
from servicekit.database import AnySession, transaction

SAME = 1e-6
ROUNDED_AWAY = 0.051  # callers send back rounded milliseconds, to one digit as the guide shows them


@dataclass(frozen=True)
class RealTime:
    """What a caller found out; the fields after the first two are checked where they are given.

    Args:
        prediction_id: as it was answered.
        actual_execution_time_ms: the real time.
        query_hash, predicted_execution_time_ms, model_version: as they were answered.
    """

    prediction_id: str
    actual_execution_time_ms: float
    query_hash: int | None = None
    predicted_execution_time_ms: float | None = None
    model_version: str | None = None


@dataclass(frozen=True)
class Verdict:
    """A prediction beside its real time."""

    prediction: PredictionRecord
    validation: ValidationRecord

    @property
    def error_percent(self) -> float:
        """The absolute error in per cent of the real time."""
        actual = self.validation.actual_execution_time_ms
        return 100.0 * abs(self.prediction.execution_time_ms - actual) / actual

    @property
    def accuracy_score(self) -> float:
        """1 minus the relative error, never below 0."""
        return max(0.0, 1.0 - self.error_percent / 100.0)

    @property
    def q_error(self) -> float:
        """The factor by which prediction and real time differ, 1 when they are equal."""
        ratio = self.prediction.execution_time_ms / self.validation.actual_execution_time_ms
        return max(ratio, 1.0 / ratio)


class ValidationOfPredictions:
    """The use case of one real time."""

    def __init__(self, session: AnySession, records: PredictionRecords, series: PredictionSeries) -> None:
        self._session = session
        self._records = records
        self._series = series

    def validate(self, real: RealTime) -> Verdict:
        """Keep a real time; the same again is fine.

        Raises:
            PredictionNotFound, OtherPrediction, ValidatedOtherwise
        """
        with transaction(self._session):
            prediction = self._records.get(real.prediction_id)
            if prediction is None:
                raise PredictionNotFound(real.prediction_id)
            _compare(real, prediction)
            kept, is_new = Predictions(self._session).validate(_row(real, prediction))
            if not math.isclose(kept.actual_execution_time_ms, real.actual_execution_time_ms, rel_tol=SAME):
                raise ValidatedOtherwise(real.prediction_id, kept.actual_execution_time_ms)
        if is_new:
            self._series.validated(version_name(prediction.model_id), kept.within_confidence_interval)
        return Verdict(prediction, kept)


def _compare(real: RealTime, prediction: PredictionRecord) -> None:
    """Refuse what contradicts the prediction, so that a mixed-up id does not spoil the statistics."""
    differences: dict[str, tuple[object, object]] = {}
    if real.query_hash not in (None, prediction.query_hash):
        differences["query_hash"] = (real.query_hash, prediction.query_hash)
    version = version_name(prediction.model_id)
    if real.model_version not in (None, version):
        differences["model_version"] = (real.model_version, version)
    stated, kept = real.predicted_execution_time_ms, prediction.execution_time_ms
    if stated is not None and not math.isclose(stated, kept, rel_tol=1e-3, abs_tol=ROUNDED_AWAY):
        differences["predicted_execution_time_ms"] = (stated, kept)
    if differences:
        raise OtherPrediction(real.prediction_id, differences)


def _row(real: RealTime, prediction: PredictionRecord) -> dict[str, object]:
    lower, upper = prediction.lower_bound_ms, prediction.upper_bound_ms
    inside = None if lower is None or upper is None else lower <= real.actual_execution_time_ms <= upper
    return {
        "prediction_id": real.prediction_id,
        "model_id": prediction.model_id,
        "predicted_execution_time_ms": prediction.execution_time_ms,
        "actual_execution_time_ms": real.actual_execution_time_ms,
        "confidence_level": prediction.confidence_level,
        "within_confidence_interval": inside,
    }
