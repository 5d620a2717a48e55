"""Trained models and which of them was active when."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from predictor.persistence.model.base import SCHEMA, Base


class QueryPerformanceModel(Base):
    """One trained model; its number is its version, and the numbers have no gaps."""

    __tablename__ = "query_performance_models"

    model_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    job_id: Mapped[str] = mapped_column(Text, unique=True)
    database_name: Mapped[str] = mapped_column(Text)
    lookback_days: Mapped[int] = mapped_column(Integer)
    model_type: Mapped[str] = mapped_column(Text)
    training_samples: Mapped[int] = mapped_column(BigInteger)
    last_sample_id: Mapped[int] = mapped_column(BigInteger)
    r_squared: Mapped[float | None] = mapped_column(Double)
    rmse: Mapped[float | None] = mapped_column(Double)
    mae: Mapped[float | None] = mapped_column(Double)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)
    library_versions: Mapped[dict[str, str]] = mapped_column(JSONB)
    artifact: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    artifact_sha256: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ModelActivation(Base):
    """A time in which a model was the active one; the open row is the present."""

    __tablename__ = "model_activations"
    __table_args__ = (
        Index(
            "uq_model_activations_active",
            text("(deactivated_at IS NULL)"),
            unique=True,
            postgresql_where=text("deactivated_at IS NULL"),
        ),
    )

    activation_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    model_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(f"{SCHEMA}.query_performance_models.model_id"), index=True
    )
    reason: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(Text)
    activated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("clock_timestamp()")
    )
    deactivated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
