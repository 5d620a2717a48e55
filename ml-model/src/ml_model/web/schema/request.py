"""Kept predictions and their true labels."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from ml_model.persistence.model.request_record import RequestFilter, RequestRecord
from ml_model.service.feedback import Truth
from ml_model.web.schema.prediction import Label
from servicekit.web.schema import Answer, QueryString, RequestBody

Purpose = Literal["testing", "staging", "production", "ab_testing", "shadow"]


class RequestsQuery(QueryString):
    """Which predictions to list."""

    endpoint: str | None = Field(None, max_length=100)
    mlalgorithm: int | None = Field(None, ge=1, le=2**62)
    abtest: int | None = Field(None, ge=1, le=2**62)
    batch: int | None = Field(None, ge=1, le=2**62)
    status: Purpose | None = Field(
        None, description="Under which the version answered; `shadow`: a copy that nobody got the answer of."
    )
    feedback: bool | None = Field(None, description="Only those whose true label is known, or is not.")
    limit: int = Field(50, ge=1, le=1000)
    offset: int = Field(0, ge=0, le=10_000_000)

    @property
    def wanted(self) -> RequestFilter:
        """Return the repository's own form of the filters."""
        return RequestFilter(
            self.endpoint, self.mlalgorithm, self.abtest, self.batch, self.status, self.feedback
        )


class RequestAnswer(Answer):
    """One kept prediction."""

    id: str
    parent_mlalgorithm: int
    endpoint: str
    algorithm: str
    version: str
    status: str
    abtest: int | None
    subject: str | None
    batch: int | None
    shadow_of: str | None
    input_data: Any
    response: Any
    full_response: Any
    error: str | None
    latency_ms: float
    created_at: datetime
    feedback: Any
    feedback_at: datetime | None

    @classmethod
    def of(cls, record: RequestRecord) -> "RequestAnswer":
        """Build the answer from the row."""
        return cls(
            id=record.request_id,
            parent_mlalgorithm=record.algorithm_id,
            endpoint=record.endpoint,
            algorithm=record.algorithm,
            version=record.version,
            status=record.purpose,
            abtest=record.abtest_id,
            subject=record.subject,
            batch=record.batch_id,
            shadow_of=record.shadow_of,
            input_data=record.input_data,
            response=record.response,
            full_response=record.full_response,
            error=record.error,
            latency_ms=record.latency_ms,
            created_at=record.created_at,
            feedback=record.feedback,
            feedback_at=record.feedback_at,
        )


class RequestsAnswer(Answer):
    """A page of kept predictions, the newest first."""

    total: int
    limit: int
    offset: int
    requests: list[RequestAnswer]


class FeedbackRequest(RequestBody):
    """What turned out to be true."""

    feedback: Label = Field(description="The true label.")
    replace: bool = Field(default=False, description="Take the place of another that was given before.")

    def truth(self, request_id: str) -> Truth:
        """Return the use case's own form of this request."""
        return Truth(request_id, self.feedback, self.replace)
