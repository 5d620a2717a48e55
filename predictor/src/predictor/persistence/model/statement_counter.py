"""What the collector read last of each statement, to tell what happened since."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Double, Text
from sqlalchemy.orm import Mapped, mapped_column

from predictor.persistence.model.base import Base


class StatementCounter(Base):
    """Counters of one fingerprint of an observed database as they were read last."""

    __tablename__ = "statement_counters"

    database_name: Mapped[str] = mapped_column(Text, primary_key=True)
    query_hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    calls: Mapped[int] = mapped_column(BigInteger)
    total_exec_time_ms: Mapped[float] = mapped_column(Double)
    read_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
