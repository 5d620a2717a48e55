"""Loaded sets, read for training and scoring."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from datasetdb.errors import DatasetReplaced
from datasetdb.repository.datasets import DatasetRecord, Datasets
from datasetdb.repository.samples import LabelledFrame, Samples
from ml_model.service.errors import DatasetNotLoaded, DatasetReloaded, NotAClassification
from ml_model.utils.digest import set_fingerprint
from servicekit.database import AnySession

DatasetName = Literal["training", "testing", "production"]


@dataclass(frozen=True)
class LabelledSet:
    """A set with its samples; `frame` has one row for each."""

    record: DatasetRecord
    frame: LabelledFrame

    @property
    def categories(self) -> list[str]:
        """Name the columns that hold text."""
        return [column.name for column in self.record.schema.categories]

    def fingerprint(self) -> str:
        """Return a SHA-256 over everything that a fit depends on."""
        return set_fingerprint(self.record.schema, self.frame.features, self.frame.target)


class LabelledSets:
    """Reads sets inside the caller's transaction."""

    def __init__(self, session: AnySession, default_source: str) -> None:
        self._session = session
        self._default_source = default_source

    def read(self, dataset: DatasetName, source: str | None) -> LabelledSet:
        """Read a set of a source, or of the default one.

        Raises:
            DatasetNotLoaded, DatasetReloaded, NotAClassification
        """
        name = source or self._default_source
        record = Datasets(self._session).get(name, dataset)
        if record is None or record.samples == 0:
            raise DatasetNotLoaded(name, dataset)
        if record.schema.target.kind != "classification":
            raise NotAClassification(name)
        with unchanged(record):
            return LabelledSet(record, Samples(self._session).read(record))


@contextmanager
def unchanged(record: DatasetRecord) -> Iterator[None]:
    """Tell the caller in this service's words that a set was replaced while it was used.

    Raises:
        DatasetReloaded
    """
    try:
        yield
    except DatasetReplaced as fault:
        raise DatasetReloaded(record.source, record.name) from fault
