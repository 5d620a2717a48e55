"""Models at rest, by the hash of their bytes."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from ml_model.persistence.model.base import Base


class Artifact(Base):
    """Bytes that run no code when they are loaded; the same bytes are kept once."""

    __tablename__ = "artifacts"
    __table_args__ = (CheckConstraint("format IN ('skops', 'onnx', 'compiled')", name="format"),)

    sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    format: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
