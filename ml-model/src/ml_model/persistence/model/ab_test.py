"""A/B tests: versions of one endpoint that share its traffic."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ml_model.persistence.model.base import SCHEMA, Base


class ABTest(Base):
    """One test; an endpoint has at most one that has not ended.

    `rules` are what its verdict is judged by, with the control; `before` are the statuses that come back when
    nobody wins.
    """

    __tablename__ = "abtests"
    __table_args__ = (
        Index("uq_abtests_running", "endpoint_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    abtest_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(f"{SCHEMA}.endpoints.endpoint_id"))
    title: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_by: Mapped[str | None] = mapped_column(Text)
    rules: Mapped[dict[str, Any]] = mapped_column(JSONB)
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    summary: Mapped[str | None] = mapped_column(Text)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class ABTestArm(Base):
    """One version of a test and its share of the traffic in per cent."""

    __tablename__ = "abtest_arms"
    __table_args__ = (CheckConstraint("share > 0 AND share < 100", name="share"),)

    abtest_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(f"{SCHEMA}.abtests.abtest_id"), primary_key=True, autoincrement=False
    )
    algorithm_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(f"{SCHEMA}.algorithms.algorithm_id"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(BigInteger)
    share: Mapped[float] = mapped_column(Double)
