"""The history: what was known of each query before a time window, and how long it took in it."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Double, Identity, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from predictor.persistence.model.base import Base
from predictor.utils.features import FEATURES


class MetricsPgStatsQuery(Base):
    """One fingerprint of one database in one window; a column for each feature, null where unknown."""

    __tablename__ = "metrics_pg_stats_query"
    __table_args__ = (
        # Its order answers the look-up of a fingerprint's newest window from the index.
        Index("uq_metrics_pg_stats_query_window", "database_name", "query_hash", "window_start", unique=True),
        Index("ix_metrics_pg_stats_query_time", "database_name", "window_start"),
        CheckConstraint("window_end > window_start", name="window_order"),
        CheckConstraint("calls > 0", name="calls"),
        CheckConstraint(
            "execution_time_ms >= 1e-6 AND execution_time_ms < 'Infinity'::double precision",
            name="execution_time",
        ),
    )

    sample_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    database_name: Mapped[str] = mapped_column(Text)
    query_hash: Mapped[int] = mapped_column(BigInteger)
    window_start: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    window_end: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    calls: Mapped[int] = mapped_column(BigInteger)
    execution_time_ms: Mapped[float] = mapped_column(Double)
    source: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


SAMPLES = MetricsPgStatsQuery.__table__
for _feature in FEATURES:
    SAMPLES.append_column(Column(_feature.name, Double, nullable=True))  # type: ignore[attr-defined]


class QueryText(Base):
    """The normalised text of a fingerprint, where it is known."""

    __tablename__ = "query_texts"

    database_name: Mapped[str] = mapped_column(Text, primary_key=True)
    query_hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    query: Mapped[str] = mapped_column(Text)
