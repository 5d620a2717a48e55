"""What repositories give to use cases: plain values without a session behind them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class JobRecord:
    """A training job as it is now."""

    job_id: str
    database_name: str
    lookback_days: int
    model_type: str
    activate: bool
    status: str
    progress: int
    step: str
    attempts: int
    failure: str | None
    samples: int | None
    model_id: int | None
    request_id: str | None
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_live(self) -> bool:
        """Whether it still has to end."""
        return self.status in ("queued", "training")


@dataclass(frozen=True)
class ModelRecord:
    """A trained model without its artifact."""

    model_id: int
    job_id: str
    database_name: str
    lookback_days: int
    model_type: str
    training_samples: int
    last_sample_id: int
    r_squared: float | None
    rmse: float | None
    mae: float | None
    report: dict[str, Any]
    library_versions: dict[str, str]
    artifact_sha256: str
    created_at: datetime

    @property
    def version(self) -> str:
        """What predictions call it."""
        return version_name(self.model_id)


def version_name(model_id: int) -> str:
    """Return what a model's number is called where a version is named."""
    return f"v{model_id}"


@dataclass(frozen=True)
class ActivationRecord:
    """A time in which a model was active; an open end is the present."""

    model_id: int
    reason: str
    activated_at: datetime
    deactivated_at: datetime | None


@dataclass(frozen=True)
class PredictionRecord:
    """A stored prediction."""

    prediction_id: str
    model_id: int
    database_name: str
    query_hash: int
    scenario: str
    execution_time_ms: float
    lower_bound_ms: float | None
    upper_bound_ms: float | None
    confidence_level: float
    predicted_at: datetime


@dataclass(frozen=True)
class ValidationRecord:
    """A stored real time."""

    prediction_id: str
    model_id: int
    predicted_execution_time_ms: float
    actual_execution_time_ms: float
    within_confidence_interval: bool | None
    validated_at: datetime


@dataclass(frozen=True)
class QueryRecord:
    """A fingerprint that there is history of."""

    query_hash: int
    query: str | None
    windows: int
    last_window: datetime
    mean_execution_time_ms: float
