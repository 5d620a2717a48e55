"""What each version is used for, and what it was used for before."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ml_model.persistence.model.base import SCHEMA, Base

_ACTIVE = text("active")
_IN_PRODUCTION = text("active AND status = 'production'")


class AlgorithmStatus(Base):
    """One entry of the history; of a version's entries at most one is active.

    An endpoint has at most one active entry in production.
    """

    __tablename__ = "algorithm_statuses"
    __table_args__ = (
        ForeignKeyConstraint(
            ["algorithm_id", "endpoint_id"],
            [f"{SCHEMA}.algorithms.algorithm_id", f"{SCHEMA}.algorithms.endpoint_id"],
            name="fk_algorithm_statuses_algorithm",
        ),
        CheckConstraint("status IN ('testing', 'staging', 'production', 'ab_testing')", name="status"),
        Index("uq_algorithm_statuses_active", "algorithm_id", unique=True, postgresql_where=_ACTIVE),
        Index(
            "uq_algorithm_statuses_production", "endpoint_id", unique=True, postgresql_where=_IN_PRODUCTION
        ),
        Index("ix_algorithm_statuses_endpoint_id", "endpoint_id", "status_id"),
    )

    status_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    algorithm_id: Mapped[int] = mapped_column(BigInteger)
    endpoint_id: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    created_by: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
