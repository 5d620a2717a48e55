"""Keep what came of a batch, block after block."""

import time
from dataclasses import dataclass

import pyarrow as pa

from jobqueue.claims import ClaimLost
from ml_model.persistence.repository.batch_chunks import BatchChunks, NewChunk
from ml_model.persistence.repository.batch_jobs import BatchJobs, Claim
from ml_model.persistence.repository.batch_rows import BatchRows, RowsOrigin
from ml_model.serving.served_model import Predicted, ServedModel
from ml_model.serving.signature import InputRefused
from ml_model.tabular.block import Block, Refused, model_rows
from ml_model.tabular.scored import dumps, kept, scored
from servicekit.database import AnySession, transaction


@dataclass(frozen=True)
class Scored:
    """A predicted block."""

    table: pa.Table
    first_row: int
    refused: int
    percent: int
    milliseconds: float


def score(model: ServedModel, block: Block) -> Scored:
    """Predict a block in one pass; rows that the model itself refuses are set aside."""
    started = time.perf_counter()
    try:
        predicted = _predict(model, block)
    except InputRefused:
        block = _without_refused(model, block)
        predicted = _predict(model, block)
    seconds = time.perf_counter() - started
    table = scored(block, predicted, model.signature)
    return Scored(
        table=table,
        first_row=block.first_row,
        refused=len(block.refused),
        percent=int(100 * block.position),
        milliseconds=1000 * seconds / max(1, len(block.rows)),
    )


def _predict(model: ServedModel, block: Block) -> Predicted | None:
    if not len(block.rows):
        return None
    return model.predict(model_rows(block.columns, model.signature.numeric))


def _without_refused(model: ServedModel, block: Block) -> Block:
    good, refused = [], list(block.refused)
    for place in range(len(block.rows)):
        try:
            model.predict(model_rows(block.columns.slice(place, 1), model.signature.numeric))
            good.append(place)
        except InputRefused as fault:
            refused.append(Refused(int(block.rows[place]), int(block.lines[place]), str(fault)))
    return Block(block.rows[good], block.lines[good], block.columns.take(good), refused, block.position)


class BatchKeeping:
    """Writes blocks of a claimed batch; each is durable when it was written."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def keep(self, claim: Claim, number: int, block: Scored, *, as_requests: bool = False) -> None:
        """Keep a block; with `as_requests` its rows stand among the requests at once.

        Raises:
            ClaimLost: the batch was cancelled, or given to another worker.
        """
        rows = block.table.num_rows
        content = dumps(block.table)
        with transaction(self._session):
            jobs = BatchJobs(self._session)
            if not jobs.advance(claim, rows - block.refused, block.refused, block.percent):
                raise ClaimLost
            chunk = NewChunk(number, block.first_row, rows, content)
            BatchChunks(self._session).add_result(claim.batch_id, chunk)
            if as_requests:
                origin = rows_origin(self._session, claim.batch_id, block.milliseconds)
                BatchRows(self._session).copy(origin, kept(block.table))

    def complete(self, claim: Claim) -> None:
        """End a batch that is kept whole; its file is needed no more.

        Raises:
            ClaimLost
        """
        with transaction(self._session):
            if not BatchJobs(self._session).complete(claim):
                raise ClaimLost
            BatchChunks(self._session).drop(claim.batch_id, "input")

    def fail(self, claim: Claim, reason: str) -> None:
        """End a batch with the reason in words; what was kept of it stays."""
        with transaction(self._session):
            if BatchJobs(self._session).fail(claim, reason):
                BatchChunks(self._session).drop(claim.batch_id, "input")


def rows_origin(session: AnySession, batch_id: int, milliseconds: float = 0.0) -> RowsOrigin:
    """Tell what the rows of a batch have in common, in the caller's transaction."""
    jobs = BatchJobs(session)
    job, endpoint_id = jobs.get(batch_id), jobs.endpoint_of(batch_id)
    if job is None or endpoint_id is None:
        raise ClaimLost
    return RowsOrigin(batch_id, job.algorithm_id, endpoint_id, job.purpose, milliseconds, job.created_at)
