"""Ask for a batch in the background, look at batches, cancel one, read its result."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import IO

import pyarrow as pa

from ml_model.client.queue import BatchQueue
from ml_model.persistence.model.batch_record import BatchRecord
from ml_model.persistence.repository.batch_chunks import RESULT, BatchChunks
from ml_model.persistence.repository.batch_jobs import BatchJobs, NewBatch
from ml_model.service.batch_errors import BatchEnded, BatchNotCompleted, BatchNotFound
from ml_model.service.batch_prediction import BatchOpening, BatchOrder
from ml_model.tabular.scored import loads, public
from servicekit import request_id
from servicekit.database import AnySession, transaction

MOST_ID = 2**63 - 1


@dataclass(frozen=True)
class BatchResult:
    """The result of a completed batch; `tables` reads it part after part."""

    batch: BatchRecord
    tables: Generator[pa.Table, None, None]


class BatchRequests:
    """The use cases around a batch; the prediction itself is the worker's.

    Args:
        session: of the dataset database.
        opening: finds the version.
        queue: tells the worker.
    """

    def __init__(self, session: AnySession, opening: BatchOpening, queue: BatchQueue) -> None:
        self._session = session
        self._opening = opening
        self._queue = queue

    def submit(self, order: BatchOrder, file: IO[bytes]) -> BatchRecord:
        """Keep a file and queue it; the version is the one that would answer it now.

        Raises:
            what BatchOpening.open raises
        """
        batch = self._opening.open(order, file)
        target = batch.target
        new = NewBatch(target.version.algorithm_id, target.purpose, batch.order(), request_id.current())
        with transaction(self._session):
            batch_id = BatchJobs(self._session).add(new)
            BatchChunks(self._session).add_input(batch_id, file)
        if self._queue.send(batch_id, new.asked_by):
            with transaction(self._session):
                BatchJobs(self._session).mark_published(batch_id)
        return self.get(batch_id)

    def get(self, batch_id: int) -> BatchRecord:
        """Find a batch.

        Raises:
            BatchNotFound
        """
        with transaction(self._session):
            return self._found(batch_id)

    def listed(self, limit: int, offset: int) -> list[BatchRecord]:
        """List batches, the newest first."""
        with transaction(self._session):
            return BatchJobs(self._session).listed(limit, offset)

    def cancel(self, batch_id: int) -> BatchRecord:
        """End a batch that is under way; its worker stops at its next block.

        Raises:
            BatchNotFound, BatchEnded
        """
        with transaction(self._session):
            self._found(batch_id)
            cancelled = BatchJobs(self._session).cancel(batch_id)
            if cancelled:
                BatchChunks(self._session).drop(batch_id, "input")
            batch = self._found(batch_id)
        if not cancelled and batch.status != "cancelled":
            raise BatchEnded(batch_id, batch.status)
        return batch

    def result(self, batch_id: int) -> BatchResult:
        """Find the result of a completed batch.

        Raises:
            BatchNotFound, BatchNotCompleted
        """
        batch = self.get(batch_id)
        if batch.status != "completed":
            raise BatchNotCompleted(batch_id, batch.status, batch.reason)
        return BatchResult(batch, self._tables(batch_id))

    def _tables(self, batch_id: int) -> Generator[pa.Table, None, None]:
        with transaction(self._session):
            numbers = BatchChunks(self._session).numbers(batch_id, RESULT)
        for number in numbers:
            with transaction(self._session):
                content = BatchChunks(self._session).content(batch_id, RESULT, number)
            if content is None:
                raise BatchNotFound(batch_id)
            yield public(loads(content), batch_id)

    def _found(self, batch_id: int) -> BatchRecord:
        batch = BatchJobs(self._session).get(batch_id) if batch_id <= MOST_ID else None
        if batch is None:
            raise BatchNotFound(batch_id)
        return batch
