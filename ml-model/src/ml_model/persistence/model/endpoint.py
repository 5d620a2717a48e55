"""Addresses behind which versions of a model answer."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from ml_model.persistence.model.base import Base


class Endpoint(Base):
    """One address; its name stands in paths."""

    __tablename__ = "endpoints"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("name ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$'", name="name"),
    )

    endpoint_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
