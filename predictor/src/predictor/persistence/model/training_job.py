"""Training jobs: the row is the truth, whatever the queue says."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from predictor.persistence.model.base import SCHEMA, Base

STATES = ("queued", "training", "completed", "failed", "cancelled")
LIVE = ("queued", "training")
_LIVE = text("status IN ('queued', 'training')")


class TrainingJob(Base):
    """One training that was asked for."""

    __tablename__ = "training_jobs"
    __table_args__ = (
        CheckConstraint(
            "status IN ('queued', 'training', 'completed', 'failed', 'cancelled')", name="status"
        ),
        CheckConstraint("(status = 'completed') = (model_id IS NOT NULL)", name="model_of_completed"),
        CheckConstraint("(status = 'failed') = (failure IS NOT NULL)", name="reason_of_failed"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        # The same request while one like it is under way is that job.
        Index(
            "uq_training_jobs_live",
            "database_name",
            "lookback_days",
            "model_type",
            unique=True,
            postgresql_where=_LIVE,
        ),
        Index("ix_training_jobs_queued_at", "queued_at"),
    )

    job_id: Mapped[str] = mapped_column(Text, primary_key=True)
    database_name: Mapped[str] = mapped_column(Text)
    lookback_days: Mapped[int] = mapped_column(Integer)
    model_type: Mapped[str] = mapped_column(Text)
    activate: Mapped[bool]
    status: Mapped[str] = mapped_column(Text, server_default="queued")
    progress: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    step: Mapped[str] = mapped_column(Text, server_default="waiting for a worker")
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    failure: Mapped[str | None] = mapped_column(Text)
    samples: Mapped[int | None] = mapped_column(BigInteger)
    model_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey(f"{SCHEMA}.query_performance_models.model_id")
    )
    request_id: Mapped[str | None] = mapped_column(Text)
    queued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    heartbeat_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
