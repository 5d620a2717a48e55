"""Answers about trained models."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from predictor.persistence.model.record import ActivationRecord, ModelRecord, version_name
from predictor.service.model_registry import ModelPage, ModelView
from predictor.service.track_record import CoverageCheck, TrackRecord
from servicekit.web.schema import Answer, QueryString


class ModelRow(Answer):
    """A model in a list."""

    model_id: int
    model_version: str
    model_name: str
    model_type: str
    database_name: str
    is_active: bool
    training_samples: int
    r_squared: float | None = Field(description="On held-out fingerprints.")
    rmse: float | None = Field(description="Milliseconds, on held-out fingerprints.")
    mae: float | None = Field(description="Milliseconds, on held-out fingerprints.")
    q_error: dict[str, float | None] = Field(
        description="Quantiles of max(predicted/real, real/predicted) on held-out fingerprints."
    )
    created_at: datetime

    @classmethod
    def of(cls, model: ModelRecord, *, is_active: bool) -> "ModelRow":
        """Return the row of a model."""
        return cls(**_fields(model), is_active=is_active)


def _fields(model: ModelRecord) -> dict[str, Any]:
    return {
        "model_id": model.model_id,
        "model_version": model.version,
        "model_name": f"{model.model_type}-{model.version}",
        "model_type": model.model_type,
        "database_name": model.database_name,
        "training_samples": model.training_samples,
        "r_squared": model.r_squared,
        "rmse": model.rmse,
        "mae": model.mae,
        "q_error": model.report["q_error"],
        "created_at": model.created_at,
    }


class CoverageAnswer(Answer):
    """How often intervals of one level covered the real time."""

    confidence_level: float
    intervals: int
    covered: int
    coverage: float
    p_value: float | None = Field(description="Two-sided binomial test; null with fewer than 20.")
    holds: bool | None = Field(description="False when too few are covered, at a significance of 1 %.")

    @classmethod
    def of(cls, check: CoverageCheck) -> "CoverageAnswer":
        """Return the answer for one level."""
        return cls(
            confidence_level=check.level,
            intervals=check.intervals,
            covered=check.covered,
            coverage=check.coverage,
            p_value=check.p_value,
            holds=check.holds,
        )


class TrackRecordAnswer(Answer):
    """How a model did against real times so far."""

    validations: int
    q_error: dict[str, float] = Field(description="Median, 90 % and 95 % quantile.")
    mean_error_percent: float | None
    mean_log_error: float | None = Field(
        description="Mean of ln(real/predicted): above 0 the predictions are too short."
    )
    interval_holds: bool | None = Field(description="Null while too little is known.")
    coverage: list[CoverageAnswer]

    @classmethod
    def of(cls, record: TrackRecord) -> "TrackRecordAnswer":
        """Return the answer for a track record."""
        accuracy = record.accuracy
        return cls(
            validations=accuracy.validations,
            q_error=dict(zip(("p50", "p90", "p95"), accuracy.q_error, strict=False)),
            mean_error_percent=accuracy.mean_error_percent,
            mean_log_error=accuracy.mean_log_error,
            interval_holds=record.interval_holds,
            coverage=[CoverageAnswer.of(check) for check in record.coverage],
        )


class ActivationAnswer(Answer):
    """A time in which the model was active."""

    activated_at: datetime
    deactivated_at: datetime | None = Field(description="Null: until now.")
    reason: str

    @classmethod
    def of(cls, record: ActivationRecord) -> "ActivationAnswer":
        """Return the answer for an activation."""
        return cls(
            activated_at=record.activated_at, deactivated_at=record.deactivated_at, reason=record.reason
        )


class ModelAnswer(ModelRow):
    """Everything about one model."""

    job_id: str
    lookback_days: int
    feature_names: list[str]
    library_versions: dict[str, str]
    artifact_sha256: str
    report: dict[str, Any] = Field(
        description="Splits, errors beside baselines, coverage, reliability, importance; see the API's page."
    )
    validation: TrackRecordAnswer
    activations: list[ActivationAnswer]

    @classmethod
    def of_view(cls, view: ModelView) -> "ModelAnswer":
        """Return the answer for a model."""
        model = view.model
        return cls(
            **_fields(model),
            is_active=view.is_active,
            job_id=model.job_id,
            lookback_days=model.lookback_days,
            feature_names=model.report["feature_names"],
            library_versions=model.library_versions,
            artifact_sha256=model.artifact_sha256,
            report=model.report,
            validation=TrackRecordAnswer.of(view.track_record),
            activations=[ActivationAnswer.of(record) for record in view.activations],
        )


class ModelsAnswer(Answer):
    """The models, the newest first."""

    models: list[ModelRow]
    total_models: int
    active_model: str | None = Field(description="Version of the active model.")

    @classmethod
    def of(cls, page: ModelPage) -> "ModelsAnswer":
        """Return the answer for a part of the list."""
        rows = [ModelRow.of(each, is_active=each.model_id == page.active_id) for each in page.models]
        active = version_name(page.active_id) if page.active_id is not None else None
        return cls(models=rows, total_models=page.total, active_model=active)


class ActivatedAnswer(Answer):
    """The model that predicts from now on."""

    model_id: int
    model_version: str
    status: Literal["activated"] = "activated"


class PictureQuery(QueryString):
    """Which kind of picture."""

    format: Literal["png", "svg"] = Field("png", description="PNG or SVG.")
