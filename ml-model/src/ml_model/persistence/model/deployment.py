"""Which model was deployed when; the newest row is the one that is deployed."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ml_model.persistence.model.base import Base


class Deployment(Base):
    """One model as it was set; from a run, with that run's pipeline as it was tuned, not fitted."""

    __tablename__ = "deployments"
    __table_args__ = (
        CheckConstraint("preprocessing IN ('standard', 'none')", name="preprocessing"),
        CheckConstraint("(run_id IS NULL) = (pipeline IS NULL)", name="pipeline_of_run"),
        CheckConstraint("(run_id IS NULL) = (artifact_sha256 IS NULL)", name="artifact_of_run"),
    )

    deployment_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    model_name: Mapped[str] = mapped_column(Text)
    hyperparameters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    preprocessing: Mapped[str] = mapped_column(Text)
    run_id: Mapped[str | None] = mapped_column(Text)
    artifact_sha256: Mapped[str | None] = mapped_column(Text)
    pipeline: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    deployed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
