"""Reads the two sets that a request compares."""

from dataclasses import dataclass

from datasetdb.errors import DatasetReplaced
from datasetdb.repository.datasets import DatasetRecord, Datasets
from datasetdb.repository.samples import LabelledFrame, Samples
from monitoring.service.comparison import Comparison, Sampling
from monitoring.service.errors import ModelVersionsDiffer, NoPredictions, SetEmpty, SetNotLoaded, SetReplaced
from servicekit.database import AnySession, transaction


@dataclass(frozen=True)
class Choice:
    """The sets that a request names; None means the default, which is a setting."""

    source: str | None = None
    reference: str | None = None
    current: str | None = None


@dataclass(frozen=True)
class Pair:
    """The sets to compare."""

    source: str
    reference: str
    current: str

    def chosen(self, choice: Choice) -> "Pair":
        """Return this pair with what a request names put in."""
        return Pair(
            choice.source or self.source,
            choice.reference or self.reference,
            choice.current or self.current,
        )


@dataclass(frozen=True)
class ReadPair:
    """Two sets, ready to be compared, and the model version that predicted both."""

    pair: Pair
    comparison: Comparison
    model_version: str


class SetReading:
    """Reads reference and current set with their predictions.

    Args:
        session: of the dataset database.
        defaults: the pair that is meant where a request names none.
        sampling: what to do with large sets.
    """

    def __init__(self, session: AnySession, defaults: Pair, sampling: Sampling) -> None:
        self._session = session
        self._defaults = defaults
        self._sampling = sampling

    def read(self, choice: Choice) -> ReadPair:
        """Read both sets.

        Raises:
            SetNotLoaded, SetEmpty, NoPredictions: with the call that is missing.
            ModelVersionsDiffer: with the calls to repeat.
            SetReplaced: another load came in between.
        """
        pair = self._defaults.chosen(choice)
        with transaction(self._session):
            reference = self._labelled(self._record(pair.source, pair.reference))
            record = self._record(pair.source, pair.current)
            current = self._labelled(record)
        versions = (str(reference.model_version), str(current.model_version))
        if versions[0] != versions[1]:
            named = list(zip((pair.reference, pair.current), versions, strict=True))
            raise ModelVersionsDiffer(pair.source, named)
        return ReadPair(pair, Comparison.of(record.schema, reference, current, self._sampling), versions[0])

    def _record(self, source: str, name: str) -> DatasetRecord:
        record = Datasets(self._session).get(source, name)
        if record is None:
            raise SetNotLoaded(source, name)
        if not record.samples:
            raise SetEmpty(source, name)
        return record

    def _labelled(self, record: DatasetRecord) -> LabelledFrame:
        try:
            labelled = Samples(self._session).read(record, predictions=True)
        except DatasetReplaced as error:
            raise SetReplaced(record.source, record.name) from error
        if labelled.predictions is None:
            raise NoPredictions(record.source, record.name)
        return labelled
