"""Requests and answers about real times."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from predictor.persistence.model.record import version_name
from predictor.service.validation import RealTime, Verdict
from predictor.web.schema.names import Milliseconds, QueryHash
from servicekit.web.schema import Answer, RequestBody

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Version = Annotated[str, StringConstraints(min_length=1, max_length=30)]


class ValidationRequest(RequestBody):
    """What a predicted query really took."""

    prediction_id: Identifier = Field(description="As the prediction answered it.")
    actual_execution_time_ms: Milliseconds = Field(description="The real time in milliseconds.")
    query_hash: QueryHash | None = Field(None, description="Checked against the prediction.")
    predicted_execution_time_ms: Milliseconds | None = Field(
        None, description="Checked against the prediction; one digit after the point is enough."
    )
    model_version: Version | None = Field(None, description="Checked against the prediction.")

    def real_time(self) -> RealTime:
        """Return the use case's own form of this request."""
        return RealTime(**self.model_dump())


class ValidationAnswer(Answer):
    """How good the prediction was."""

    prediction_id: str
    query_hash: int
    model_version: str
    predicted_execution_time_ms: float
    actual_execution_time_ms: float
    error_percent: float = Field(description="Absolute error in per cent of the real time.")
    accuracy_score: float = Field(description="1 minus the relative error, never below 0.")
    q_error: float = Field(description="Factor by which prediction and real time differ; 1 is exact.")
    within_confidence_interval: bool | None = Field(description="Null where the prediction had no bounds.")
    validated_at: datetime

    @classmethod
    def of(cls, verdict: Verdict) -> "ValidationAnswer":
        """Return the answer for a real time."""
        prediction, kept = verdict.prediction, verdict.validation
        return cls(
            prediction_id=prediction.prediction_id,
            query_hash=prediction.query_hash,
            model_version=version_name(prediction.model_id),
            predicted_execution_time_ms=prediction.execution_time_ms,
            actual_execution_time_ms=kept.actual_execution_time_ms,
            error_percent=round(verdict.error_percent, 4),
            accuracy_score=round(verdict.accuracy_score, 6),
            q_error=round(verdict.q_error, 6),
            within_confidence_interval=kept.within_confidence_interval,
            validated_at=kept.validated_at,
        )
