"""The feature values of each sample."""

from sqlalchemy import BigInteger, Double, ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from datasetdb.model.base import Base


class Sample(Base):
    """One sample; the position of a value in an array is that of its column among its kind in the source."""

    __tablename__ = "samples"

    dataset_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("datasets.dataset_id", ondelete="CASCADE"), primary_key=True
    )
    sample_index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    numbers: Mapped[list[float | None]] = mapped_column(ARRAY(Double))
    labels: Mapped[list[str | None]] = mapped_column(ARRAY(Text))
