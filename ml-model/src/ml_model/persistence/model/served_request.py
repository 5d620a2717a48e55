"""Predictions that were answered, with their inputs and what turned out to be true."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ml_model.persistence.model.base import SCHEMA, Base


class ServedRequest(Base):
    """One row that was predicted.

    `purpose` is the status under which the version answered, or `shadow`: then nobody got the answer, and
    `shadow_of` names the request whose copy it is. `response` is the label; null where `error` says why there
    is none. `feedback` is the true label. Many rows that came together are one request, whose inputs and
    answers are `packed` as `service/request_groups.py` says.
    """

    __tablename__ = "requests"
    __table_args__ = (
        CheckConstraint(
            "purpose IN ('testing', 'staging', 'production', 'ab_testing', 'shadow')", name="purpose"
        ),
        CheckConstraint("(feedback IS NULL) = (feedback_at IS NULL)", name="feedback"),
        Index("ix_requests_endpoint_id", "endpoint_id", "created_at"),
        Index("ix_requests_algorithm_id", "algorithm_id", "created_at"),
        Index(
            "ix_requests_abtest_id", "abtest_id", "created_at", postgresql_where=text("abtest_id IS NOT NULL")
        ),
        Index("ix_requests_shadow_of", "shadow_of", postgresql_where=text("shadow_of IS NOT NULL")),
        Index("ix_requests_batch_id", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
    )

    request_id: Mapped[str] = mapped_column(Text, primary_key=True)
    algorithm_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(f"{SCHEMA}.algorithms.algorithm_id"))
    endpoint_id: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str] = mapped_column(Text)
    abtest_id: Mapped[int | None] = mapped_column(BigInteger)
    subject: Mapped[str | None] = mapped_column(Text)
    batch_id: Mapped[int | None] = mapped_column(BigInteger)
    shadow_of: Mapped[str | None] = mapped_column(Text)
    input_data: Mapped[Any] = mapped_column(JSONB)
    response: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    full_response: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    error: Mapped[str | None] = mapped_column(Text)
    latency_ms: Mapped[float] = mapped_column(Double)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    feedback: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    feedback_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    packed: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
