"""The samples of a set with their targets, in bulk."""

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import pandas as pd
import psycopg2.errors
from sqlalchemy import Double, Select, func, literal_column, null, select, update
from sqlalchemy.exc import IntegrityError

from datasetdb.bulk.checks import aligned, check_features, checked_index
from datasetdb.bulk.decode import RowReader, Rows
from datasetdb.bulk.encode import Floats, SampleBlock, sample_rows, spans, value_rows
from datasetdb.bulk.features import blocks, frame
from datasetdb.bulk.targets import class_counts, decoded, encoded
from datasetdb.errors import DatasetNotFound, DatasetReplaced, DuplicateSampleIndex
from datasetdb.model.dataset import Dataset
from datasetdb.model.prediction import Prediction
from datasetdb.model.sample import Sample
from datasetdb.model.source import Source
from datasetdb.model.target import Target
from datasetdb.repository.datasets import DatasetRecord
from datasetdb.repository.predictions import Predictions
from datasetdb.repository.sources import schema_of
from datasetdb.schema import SourceSchema
from datasetdb.session import AnySession, fresh_plans
from servicekit.copying import copy_in, copy_out

_WRITE_SAMPLES = "COPY samples (dataset_id, sample_index, numbers, labels) FROM STDIN (FORMAT binary)"
_WRITE_TARGETS = "COPY targets (dataset_id, sample_index, value) FROM STDIN (FORMAT binary)"
_ATTEMPTS = 5


@dataclass(frozen=True)
class LabelledFrame:
    """Features with their targets, and predictions where they were asked for; sample_index ascending."""

    features: pd.DataFrame
    target: pd.Series
    predictions: pd.Series | None = None
    model_version: str | None = None


class Samples:
    """Writes and reads whole sets by COPY."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def write(self, dataset_id: int, features: pd.DataFrame, target: pd.Series) -> None:
        """Add rows to a set; the frame's index is sample_index, NaN becomes NULL.

        A set may be written in several calls. All rows are checked before any is sent. Raises InvalidFrame,
        which names what does not fit, and DatasetNotFound.
        """
        dataset, schema = self._locked(dataset_id)
        index = checked_index(features.index)
        missing = check_features(schema, features)
        codes = encoded(schema.target, aligned(target, features.index))
        fresh_plans(self._session)
        for span, block in zip(spans(len(index)), blocks(schema, features, index), strict=True):
            self._send(dataset_id, block, codes[span])
        self._count(dataset, len(index), missing, class_counts(schema.target, codes))

    def read(self, record: DatasetRecord, predictions: bool = False) -> LabelledFrame:
        """Read a set as it was when its record was read.

        The features come back as float64, Int64, boolean and category, whatever is missing in them; target
        and predictions as class labels or numbers. Predictions are None unless asked for and stored.
        Raises DatasetReplaced.
        """
        schema = record.schema
        reader = RowReader.of_features(len(schema.numeric), len(schema.categories))
        features = frame(schema, self._receive(record, _features(record), reader))
        target = decoded(schema.target, self._values(record, Target), "target")
        if not predictions:
            return LabelledFrame(features, target)
        return LabelledFrame(features, target, *self._predictions(record))

    def _locked(self, dataset_id: int) -> tuple[Dataset, SourceSchema]:
        wanted = select(Dataset, Source).join(Source, Source.source_id == Dataset.source_id)
        wanted = wanted.where(Dataset.dataset_id == dataset_id).with_for_update(key_share=True, of=Dataset)
        row = self._session.execute(wanted.execution_options(populate_existing=True)).one_or_none()
        if row is None:
            raise DatasetNotFound(dataset_id)
        return row[0], schema_of(row[1])

    def _send(self, dataset_id: int, block: SampleBlock, codes: Floats) -> None:
        """Send some samples and at once their targets, while PostgreSQL still has the former in memory."""
        try:
            copy_in(self._session, _WRITE_SAMPLES, [sample_rows(dataset_id, block)])
        except IntegrityError as error:
            if isinstance(error.orig, psycopg2.errors.UniqueViolation):
                raise DuplicateSampleIndex from error
            raise
        copy_in(self._session, _WRITE_TARGETS, [value_rows(dataset_id, block.index, codes)])

    def _count(self, dataset: Dataset, samples: int, missing: int, counts: list[int]) -> None:
        counted = {
            "samples": dataset.samples + samples,
            "missing_values": dataset.missing_values + missing,
            "class_counts": [
                old + new for old, new in zip_longest(dataset.class_counts, counts, fillvalue=0)
            ],
        }
        self._session.execute(update(Dataset).where(Dataset.dataset_id == dataset.dataset_id).values(counted))

    def _predictions(self, record: DatasetRecord) -> tuple[pd.Series | None, str | None]:
        """Read the predictions of one model version, though another may take its place meanwhile."""
        stored = Predictions(self._session)
        version = stored.model_version(record)
        for _ in range(_ATTEMPTS):
            if version is None:
                return None, None
            rows = self._values(record, Prediction)
            before, version = version, stored.model_version(record)
            if version == before:
                return decoded(record.schema.target, rows, "prediction"), version
        raise DatasetReplaced(record.source, record.name)

    def _values(self, record: DatasetRecord, table: type[Target] | type[Prediction]) -> Rows:
        query = select(table.sample_index, table.value).where(table.dataset_id == record.dataset_id)
        return self._receive(record, query, RowReader.of_values())

    def _receive(self, record: DatasetRecord, query: Select[Any], reader: RowReader) -> Rows:
        """Read one table alone: a join could be planned on the statistics of the set that was replaced."""
        sql = query.compile(self._session.connection(), compile_kwargs={"literal_binds": True})
        copy_out(self._session, f"COPY ({sql}) TO STDOUT (FORMAT binary)", reader.write)
        rows = reader.finish()
        if len(rows.index) != record.samples:
            raise DatasetReplaced(record.source, record.name)
        return rows


def _features(record: DatasetRecord) -> Select[Any]:
    """Select sample_index, numbers and labels, without those that the source does not have."""
    columns: list[Any] = [Sample.sample_index]
    if record.schema.numeric:
        # With NaN for NULL every row has the same width, so numpy can read them all at once.
        not_a_number = literal_column("'NaN'::double precision", Double)
        columns.append(func.array_replace(Sample.numbers, null(), not_a_number))
    if record.schema.categories:
        columns.append(Sample.labels)
    return select(*columns).where(Sample.dataset_id == record.dataset_id)
