"""Deployed models that were trained, with everything needed to use them after a restart."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ml_model.persistence.model.base import SCHEMA, Base


class TrainedModel(Base):
    """One fitted pipeline; of a deployment's rows the newest is the one in use."""

    __tablename__ = "trained_models"

    trained_model_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    deployment_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(f"{SCHEMA}.deployments.deployment_id", ondelete="CASCADE"), index=True
    )
    source: Mapped[str] = mapped_column(Text)
    dataset_fingerprint: Mapped[str] = mapped_column(Text)
    samples: Mapped[int] = mapped_column(BigInteger)
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    classes: Mapped[list[Any]] = mapped_column(JSONB)
    model: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    model_sha256: Mapped[str] = mapped_column(Text)
    trained_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
