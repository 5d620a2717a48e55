"""Versions that get a copy of an endpoint's traffic and answer nobody."""

from datetime import datetime

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
from sqlalchemy.orm import Mapped, mapped_column

from ml_model.persistence.model.base import SCHEMA, Base


class Shadow(Base):
    """One version in the shadow of its endpoint, with the share of requests in per cent that it gets."""

    __tablename__ = "shadows"
    __table_args__ = (
        CheckConstraint("share > 0 AND share <= 100", name="share"),
        Index("uq_shadows_running", "algorithm_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    shadow_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(f"{SCHEMA}.endpoints.endpoint_id"))
    algorithm_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(f"{SCHEMA}.algorithms.algorithm_id"))
    share: Mapped[float] = mapped_column(Double)
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
