"""What a model said of each sample of a set."""

import pandas as pd
import psycopg2.errors
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from datasetdb.bulk.checks import checked_index
from datasetdb.bulk.encode import spans, versioned_rows
from datasetdb.bulk.targets import encoded
from datasetdb.errors import DatasetReplaced, UnknownSampleIndex
from datasetdb.model.dataset import Dataset
from datasetdb.model.prediction import Prediction
from datasetdb.repository.datasets import DatasetRecord
from datasetdb.session import AnySession, fresh_plans
from servicekit.copying import copy_in

_WRITE = "COPY predictions (dataset_id, sample_index, value, model_version) FROM STDIN (FORMAT binary)"


class Predictions:
    """Keeps one model version's predictions of each set."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def replace(self, record: DatasetRecord, predictions: pd.Series, model_version: str) -> None:
        """Store one prediction for each sample, in place of those that were there.

        `predictions` is indexed by sample_index and holds class labels, or numbers for a regression.
        Raises UnknownClass, InvalidColumn, UnknownSampleIndex, DatasetReplaced.
        """
        index = checked_index(predictions.index)
        values = encoded(record.schema.target, predictions)
        if len(index) != record.samples:
            raise UnknownSampleIndex(record.source, record.name)
        self._lock(record)
        fresh_plans(self._session)
        self._session.execute(delete(Prediction).where(Prediction.dataset_id == record.dataset_id))
        try:
            for span in spans(len(index)):
                rows = versioned_rows(record.dataset_id, index[span], values[span], model_version)
                copy_in(self._session, _WRITE, [rows])
        except IntegrityError as error:
            if isinstance(error.orig, psycopg2.errors.ForeignKeyViolation):
                raise UnknownSampleIndex(record.source, record.name) from error
            raise

    def model_version(self, record: DatasetRecord) -> str | None:
        """Name the model version whose predictions are stored, if any are."""
        version = select(Prediction.model_version).where(Prediction.dataset_id == record.dataset_id).limit(1)
        return self._session.scalar(version)

    def _lock(self, record: DatasetRecord) -> None:
        """Let one transaction at a time change this set's predictions, and none delete the set meanwhile."""
        row = select(Dataset.dataset_id).where(Dataset.dataset_id == record.dataset_id)
        if self._session.scalar(row.with_for_update(key_share=True)) is None:
            raise DatasetReplaced(record.source, record.name)
