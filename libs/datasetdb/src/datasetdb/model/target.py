"""The true value of each sample."""

from sqlalchemy import BigInteger, Double, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from datasetdb.model.base import Base


class Target(Base):
    """One sample's class code, or its number where the target is a regression."""

    __tablename__ = "targets"
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
