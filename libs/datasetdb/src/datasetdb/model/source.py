"""Where datasets come from, and what their columns mean."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from datasetdb.model.base import Base


class Source(Base):
    """One source: ordered typed feature columns and a target."""

    __tablename__ = "sources"
    __table_args__ = (
        CheckConstraint("target_kind IN ('classification', 'regression')", name="target_kind"),
        CheckConstraint(
            "(target_kind = 'classification') = (jsonb_array_length(classes) > 0)", name="classes"
        ),
        CheckConstraint("jsonb_array_length(columns) > 0", name="columns"),
    )

    source_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    target_name: Mapped[str] = mapped_column(Text)
    target_kind: Mapped[str] = mapped_column(Text)
    classes: Mapped[list[Any]] = mapped_column(JSONB)
