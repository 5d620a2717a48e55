"""What a model said of each sample."""

from sqlalchemy import BigInteger, Double, ForeignKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from datasetdb.model.base import Base


class Prediction(Base):
    """One sample's predicted class code or number, and the model version that gave it."""

    __tablename__ = "predictions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["dataset_id", "sample_index"],
            ["samples.dataset_id", "samples.sample_index"],
            ondelete="CASCADE",
        ),
    )

    dataset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sample_index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    value: Mapped[float] = mapped_column(Double)
    model_version: Mapped[str] = mapped_column(Text)
