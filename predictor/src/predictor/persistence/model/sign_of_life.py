"""When each process beside the service was last seen at work."""

from datetime import datetime

from sqlalchemy import DateTime, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from predictor.persistence.model.base import Base


class SignOfLife(Base):
    """The newest sign of one kind of process."""

    __tablename__ = "signs_of_life"

    process: Mapped[str] = mapped_column(Text, primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
