"""Requests and answers about training jobs."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from predictor.learning.estimators import model_types
from predictor.service.training_requests import JobView, TrainingOrder
from predictor.web.schema.names import DatabaseName
from servicekit.web.schema import Answer, RequestBody


class TrainingRequest(RequestBody):
    """What to train on what."""

    database_name: DatabaseName | None = Field(
        None, description="Observed database whose history is learnt; the setting's by default."
    )
    lookback_days: int = Field(30, ge=1, le=3650, description="Days of history to learn from.")
    model_type: str = Field(
        "random_forest", description="Kind of model.", json_schema_extra={"enum": list(model_types())}
    )
    force_retrain: bool = Field(
        default=False, description="Train also when no sample has come since the newest model like this."
    )
    activate: bool = Field(
        default=False, description="Activate the model when it is trained; the first one always is."
    )

    def order(self, default_database: str) -> TrainingOrder:
        """Return the use case's own form of this request."""
        values = self.model_dump()
        return TrainingOrder(**{**values, "database_name": self.database_name or default_database})


class SubmittedAnswer(Answer):
    """The job that answers the request."""

    job_id: str
    status: Literal["training", "completed"] = Field(
        description="`training` until the job ends; `completed` when there was nothing new to learn."
    )
    message: str
    model_id: int | None = Field(description="The model that there is already, where nothing was new.")
    model_version: str | None

    @classmethod
    def of(cls, view: JobView, *, is_new: bool) -> "SubmittedAnswer":
        """Return the answer for a job that was queued or found."""
        if view.job.is_live:
            message = "Training queued" if is_new else "The same training is under way already"
            return cls(
                job_id=view.job.job_id, status="training", message=message, model_id=None, model_version=None
            )
        version = view.model.version if view.model else None
        return cls(
            job_id=view.job.job_id,
            status="completed",
            message=f"Nothing new to learn since model {version}; force_retrain trains all the same",
            model_id=view.job.model_id,
            model_version=version,
        )


class JobAnswer(Answer):
    """A training job as it is now."""

    job_id: str
    status: Literal["queued", "training", "completed", "failed", "cancelled"]
    progress: int = Field(description="Per cent.")
    step: str = Field(description="What is being done.")
    database_name: str
    lookback_days: int
    model_type: str
    attempts: int = Field(description="How often a worker has taken it.")
    failure: str | None = Field(description="Why it failed, in words.")
    samples: int | None = Field(description="Samples that it found.")
    model_id: int | None
    model_version: str | None
    r_squared: float | None = Field(description="On held-out fingerprints.")
    rmse: float | None = Field(description="Milliseconds, on held-out fingerprints.")
    mae: float | None = Field(description="Milliseconds, on held-out fingerprints.")
    request_id: str | None = Field(description="Of the request that asked for it.")
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, view: JobView) -> "JobAnswer":
        """Return the answer for a job."""
        job, model = vars(view.job), view.model
        scores = {name: getattr(model, name) if model else None for name in ("r_squared", "rmse", "mae")}
        version = model.version if model else None
        return cls(
            **{name: job[name] for name in job if name in cls.model_fields}, model_version=version, **scores
        )


class JobsAnswer(Answer):
    """Training jobs, the newest first."""

    jobs: list[JobAnswer]
