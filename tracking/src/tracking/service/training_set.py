"""The training set of a source."""

from dataclasses import dataclass

import pandas as pd

from datasetdb.repository.datasets import Datasets
from datasetdb.repository.samples import Samples
from servicekit.database import AnySession, transaction
from tracking.service.errors import NotAClassification, TrainingSetNotLoaded

TRAINING = "training"


@dataclass(frozen=True)
class TrainingSet:
    """What models are tuned on.

    Args:
        source: its name.
        features: shape (samples, features), in the order in which the samples were drawn.
        target: class of each sample, shape (samples,).
        categories: names of the features that are categories.
    """

    source: str
    features: pd.DataFrame
    target: pd.Series
    categories: tuple[str, ...]

    @property
    def smallest_class(self) -> int:
        """Count the samples of the rarest class."""
        return int(self.target.value_counts().min())


def read_training_set(session: AnySession, source: str) -> TrainingSet:
    """Read the training set of a source.

    Raises:
        TrainingSetNotLoaded: there is none.
        NotAClassification: its target is a number.
    """
    with transaction(session):
        record = Datasets(session).get(source, TRAINING)
        if record is None or record.samples == 0:
            raise TrainingSetNotLoaded(source)
        if record.schema.target.kind != "classification":
            raise NotAClassification(source)
        frame = Samples(session).read(record)
    categories = tuple(column.name for column in record.schema.categories)
    return TrainingSet(source, frame.features, frame.target, categories)
