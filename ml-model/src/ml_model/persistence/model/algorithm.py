"""Versions of models behind endpoints."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ml_model.persistence.model.base import SCHEMA, Base


class Algorithm(Base):
    """One version of a model: never changed once it is registered.

    `number` counts the versions of a name at an endpoint from 1 without a gap. `version` is what callers
    name: the number, unless they gave another. `runtime` says what answers: a compiled form, or scikit-learn
    and why.
    """

    __tablename__ = "algorithms"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "name", "number", name="uq_algorithms_number"),
        UniqueConstraint("endpoint_id", "name", "version", name="uq_algorithms_version"),
        UniqueConstraint("algorithm_id", "endpoint_id", name="uq_algorithms_endpoint"),
        CheckConstraint("number >= 1", name="number"),
    )

    algorithm_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(f"{SCHEMA}.endpoints.endpoint_id"))
    name: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(Text)
    source: Mapped[dict[str, Any]] = mapped_column(JSONB)
    signature: Mapped[dict[str, Any]] = mapped_column(JSONB)
    input_example: Mapped[dict[str, Any]] = mapped_column(JSONB)
    runtime: Mapped[dict[str, Any]] = mapped_column(JSONB)
    model_sha256: Mapped[str] = mapped_column(Text, ForeignKey(f"{SCHEMA}.artifacts.sha256"))
    compiled_sha256: Mapped[str | None] = mapped_column(Text, ForeignKey(f"{SCHEMA}.artifacts.sha256"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
