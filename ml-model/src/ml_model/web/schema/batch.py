"""Requests and answers about files of rows."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from ml_model.persistence.model.batch_record import BatchRecord
from ml_model.service.batch_prediction import BatchOrder
from servicekit.web.schema import Answer, QueryString

Name = Annotated[str, Field(min_length=1, max_length=200)]


class BatchQuery(QueryString):
    """Which version predicts, and whether in the background."""

    endpoint: Name | None = Field(None, description="May be left out where there is only one.")
    status: Literal["testing", "staging", "production", "ab_testing"] | None = Field(
        None, description="Status of the version."
    )
    version: Name | None = Field(None, description="Version, where several match.")
    in_background: bool = Field(
        default=False, alias="async", description="Have a job made of it, whatever its size."
    )

    def order(self) -> BatchOrder:
        """Return the use case's own form of this request."""
        return BatchOrder(self.endpoint, self.status, self.version)


class BatchPage(QueryString):
    """A part of the list of batches."""

    limit: int = Field(100, ge=1, le=1000, description="Most entries to answer.")
    offset: int = Field(0, ge=0, le=10**9, description="Entries to leave out first.")


class BatchAnswer(Answer):
    """A batch as it is now."""

    batch_id: int
    status: Literal["queued", "running", "completed", "failed", "cancelled"]
    progress: int = Field(description="Per cent.")
    rows: int = Field(description="Rows that were read so far.")
    rows_predicted: int
    rows_refused: int
    reason: str | None = Field(description="Why it failed, in words.")
    endpoint: str
    model: str
    version: str
    purpose: str = Field(description="Status of the version when the file was accepted.")
    ignored_columns: list[str]
    imputed_columns: list[str]
    at_once: bool = Field(description="Whether it was answered at once, without a job.")
    attempts: int = Field(description="How often a worker has taken it.")
    request_id: str | None = Field(description="Of the request that asked for it.")
    result: str | None = Field(description="Where the result is, once it is completed.")
    created_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, batch: BatchRecord) -> "BatchAnswer":
        """Return the answer for a batch."""
        held = {name: value for name, value in vars(batch).items() if name in cls.model_fields}
        ready = batch.status == "completed"
        return cls(
            **held,
            **batch.order,
            progress=batch.progress_percent,
            rows=batch.rows_predicted + batch.rows_refused,
            request_id=batch.asked_by,
            result=f"/api/v1/batches/{batch.batch_id}/result" if ready else None,
        )


class BatchesAnswer(Answer):
    """Batches, the newest first."""

    batches: list[BatchAnswer]
