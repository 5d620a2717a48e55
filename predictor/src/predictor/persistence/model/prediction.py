"""Predictions that were answered, and what the queries then really took."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, DateTime, Double, ForeignKey, Index, Text, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from predictor.persistence.model.base import SCHEMA, Base


class Prediction(Base):
    """One answered prediction with the features that it was made from."""

    __tablename__ = "predictions"
    __table_args__ = (Index("ix_predictions_model_id", "model_id", "predicted_at"),)

    prediction_id: Mapped[str] = mapped_column(Text, primary_key=True)
    model_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(f"{SCHEMA}.query_performance_models.model_id")
    )
    database_name: Mapped[str] = mapped_column(Text)
    query_hash: Mapped[int] = mapped_column(BigInteger)
    scenario: Mapped[str] = mapped_column(Text)
    features: Mapped[list[float | None]] = mapped_column(ARRAY(Double))
    changes: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    execution_time_ms: Mapped[float] = mapped_column(Double)
    lower_bound_ms: Mapped[float | None] = mapped_column(Double)
    upper_bound_ms: Mapped[float | None] = mapped_column(Double)
    std_dev_ms: Mapped[float | None] = mapped_column(Double)
    confidence_level: Mapped[float] = mapped_column(Double)
    confidence_score: Mapped[float] = mapped_column(Double)
    predicted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Validation(Base):
    """The real time of one prediction; stored once."""

    __tablename__ = "validations"
    __table_args__ = (
        CheckConstraint(
            "actual_execution_time_ms >= 1e-6 AND actual_execution_time_ms < 'Infinity'::double precision",
            name="actual",
        ),
        Index("ix_validations_model_id", "model_id", "validated_at"),
    )

    prediction_id: Mapped[str] = mapped_column(
        Text, ForeignKey(f"{SCHEMA}.predictions.prediction_id"), primary_key=True
    )
    model_id: Mapped[int] = mapped_column(BigInteger)
    predicted_execution_time_ms: Mapped[float] = mapped_column(Double)
    actual_execution_time_ms: Mapped[float] = mapped_column(Double)
    confidence_level: Mapped[float] = mapped_column(Double)
    within_confidence_interval: Mapped[bool | None] = mapped_column(Boolean)
    validated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
