"""How well a trained model did on a set."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Double, ForeignKey, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from ml_model.persistence.model.base import SCHEMA, Base


class Evaluation(Base):
    """The latest scores of one trained model on one set; each between 0 and 1."""

    __tablename__ = "evaluations"

    trained_model_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey(f"{SCHEMA}.trained_models.trained_model_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    source: Mapped[str] = mapped_column(Text, primary_key=True)
    dataset: Mapped[str] = mapped_column(Text, primary_key=True)
    samples: Mapped[int] = mapped_column(BigInteger)
    accuracy: Mapped[float] = mapped_column(Double)
    f1_score: Mapped[float] = mapped_column(Double)
    precision: Mapped[float] = mapped_column(Double)
    recall: Mapped[float] = mapped_column(Double)
    scored_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
