"""The sets of a source: training, testing, production, or any other name."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from datasetdb.model.base import Base


class Dataset(Base):
    """One set as it was loaded once; loading it again makes a new row with a new id."""

    __tablename__ = "datasets"
    __table_args__ = (UniqueConstraint("source_id", "name"),)

    dataset_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    source_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("sources.source_id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    samples: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    missing_values: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    class_counts: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    origin: Mapped[dict[str, Any]] = mapped_column(JSONB)
    loaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
