"""Files that are predicted in the background, with what came out."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ml_model.persistence.model.base import SCHEMA, Base


class BatchJob(Base):
    """One file; its row is the truth about it, whatever the queue says.

    A batch that is answered `at_once` has no worker: the process that answers it holds its claim.
    """

    __tablename__ = "batch_jobs"
    __table_args__ = (
        CheckConstraint("status IN ('queued', 'running', 'completed', 'failed', 'cancelled')", name="status"),
        CheckConstraint("progress_percent BETWEEN 0 AND 100", name="progress"),
        Index(
            "ix_batch_jobs_open",
            "batch_id",
            postgresql_where=text("status IN ('queued', 'running')"),
        ),
    )

    batch_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    algorithm_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(f"{SCHEMA}.algorithms.algorithm_id"))
    purpose: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default="queued")
    progress_percent: Mapped[int] = mapped_column(BigInteger, server_default="0")
    order: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rows_predicted: Mapped[int] = mapped_column(BigInteger, server_default="0")
    rows_refused: Mapped[int] = mapped_column(BigInteger, server_default="0")
    reason: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(BigInteger, server_default="0")
    worker: Mapped[str | None] = mapped_column(Text)
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    at_once: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    asked_by: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class BatchChunk(Base):
    """A part of a job's file or of its result, so that neither is ever whole in memory.

    A result is Parquet: rows `first_row` to `first_row + rows - 1` with inputs and answers. `content` is
    stored EXTERNAL: it is compressed already.
    """

    __tablename__ = "batch_chunks"
    __table_args__ = (CheckConstraint("kind IN ('input', 'result')", name="kind"),)

    batch_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey(f"{SCHEMA}.batch_jobs.batch_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    first_row: Mapped[int] = mapped_column(BigInteger, server_default="0")
    rows: Mapped[int] = mapped_column(BigInteger, server_default="0")
    content: Mapped[bytes] = mapped_column(LargeBinary)
