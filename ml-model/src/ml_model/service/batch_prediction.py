"""Predict a file at once: read, predict, keep and answer block after block."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any

import numpy as np
import pyarrow as pa

from jobqueue.claims import ClaimLost
from ml_model.persistence.repository.batch_jobs import BatchJobs, Claim, NewBatch
from ml_model.service.batch_errors import BatchBrokenOff, BatchFileRefused, EndpointMissing
from ml_model.service.batch_keeping import BatchKeeping, score
from ml_model.service.batch_series import BatchSeries
from ml_model.service.routing import Router, Target
from ml_model.service.served_models import ServedModels
from ml_model.serving.served_model import ServedModel
from ml_model.tabular.block import Block
from ml_model.tabular.faults import FileRefused
from ml_model.tabular.opening import TableFile, open_table
from ml_model.tabular.scored import public
from ml_model.utils.ahead import one_ahead
from servicekit import request_id
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger

log = get_logger(__name__)

# A caller who reads slowly holds the batch up; only a dead process is silent for longer.
AT_ONCE_LEASE_SECONDS = 600


@dataclass(frozen=True)
class BatchOrder:
    """Which version is to predict a file; None leaves it to the endpoint."""

    endpoint: str | None
    status: str | None = None
    version: str | None = None


@dataclass(frozen=True)
class OpenBatch:
    """A file that can be predicted."""

    target: Target
    model: ServedModel
    file: TableFile

    def order(self) -> dict[str, Any]:
        """Return what the batch's row says of it."""
        version, choice = self.target.version, self.file.choice
        return {
            "endpoint": version.endpoint,
            "model": version.name,
            "version": version.version,
            "ignored_columns": list(choice.ignored[:100]),
            "imputed_columns": list(choice.absent[:100]),
        }


@dataclass(frozen=True)
class BegunBatch:
    """A batch that is being answered; `tables` predicts and keeps while it is read."""

    batch_id: int
    head: dict[str, Any]
    tables: Generator[pa.Table, None, None]


class BatchOpening:
    """Finds who predicts a file, and whether its columns fit."""

    def __init__(self, router: Router, models: ServedModels) -> None:
        self._router = router
        self._models = models

    def open(self, order: BatchOrder, file: IO[bytes]) -> OpenBatch:
        """Choose the version and read the file's head.

        Raises:
            EndpointMissing, EndpointNotFound, VersionNotFound, SeveralVersions, NothingServed,
            ServedModelDamaged, BatchFileRefused
        """
        target = self._router.select(order.endpoint or self._only(), order.status, order.version)
        return self.opened(target, file)

    def opened(self, target: Target, file: IO[bytes]) -> OpenBatch:
        """Read the file's head for a version that is chosen already."""
        model = self._models.get(target.version)
        try:
            return OpenBatch(target, model, open_table(file, model.signature))
        except FileRefused as fault:
            raise BatchFileRefused(fault) from fault

    def _only(self) -> str:
        known = self._router.endpoints()
        if len(known) != 1:
            raise EndpointMissing(known)
        return known[0]


class BatchPrediction:
    """The use case of a file that is answered at once.

    Args:
        session: of the dataset database.
        opening: finds the version.
        series: counts predictions.
        rows_as_requests: a file of at most so many rows stands among the requests at once.
    """

    def __init__(
        self, session: AnySession, opening: BatchOpening, series: BatchSeries, rows_as_requests: int
    ) -> None:
        self._session = session
        self._opening = opening
        self._series = series
        self._rows_as_requests = rows_as_requests

    def begin(self, order: BatchOrder, file: IO[bytes]) -> BegunBatch:
        """Predict the first block and return the batch; the rest follows as its tables are read.

        Raises:
            what BatchOpening.open raises
        """
        batch = self._opening.open(order, file)
        blocks = batch.file.blocks()
        try:
            first = next(blocks, None)
        except FileRefused as fault:
            raise BatchFileRefused(fault) from fault
        claim = self._claim(batch)
        head = {"batch_id": claim.batch_id, **batch.order()}
        every = chain([] if first is None else [first], blocks)
        small = first is not None and first.position >= 1 and len(first) <= self._rows_as_requests
        return BegunBatch(claim.batch_id, head, self._tables(batch, claim, every, as_requests=small))

    def _claim(self, batch: OpenBatch) -> Claim:
        target = batch.target
        new = NewBatch(target.version.algorithm_id, target.purpose, batch.order(), request_id.current())
        with transaction(self._session):
            return BatchJobs(self._session).begin(new, AT_ONCE_LEASE_SECONDS)

    def _tables(
        self, batch: OpenBatch, claim: Claim, blocks: Iterator[Block], *, as_requests: bool
    ) -> Generator[pa.Table, None, None]:
        keeping, version = BatchKeeping(self._session), batch.target.version
        reason = "The caller went away before the answer was complete."
        try:
            number = -1
            results = one_ahead(score(batch.model, block) for block in blocks)
            for number, result in enumerate(results):
                keeping.keep(claim, number, result, as_requests=as_requests)
                self._series.predicted(version.endpoint, version.full_name, result)
                yield public(result.table, claim.batch_id)
            if number < 0:
                yield self._nothing(batch, claim)
            keeping.complete(claim)
            reason = ""
        except ClaimLost as fault:
            reason = ""
            raise BatchBrokenOff(claim.batch_id) from fault
        except FileRefused as fault:
            reason = fault.message
            raise BatchFileRefused(fault) from fault
        except Exception as fault:
            reason = f"It broke off with {type(fault).__name__}; the service's log has the details."
            log.exception("batch broke off", batch_id=claim.batch_id)
            raise
        finally:
            if reason:
                keeping.fail(claim, reason)

    def _nothing(self, batch: OpenBatch, claim: Claim) -> pa.Table:
        """Return the table of a file without rows."""
        return public(empty(batch.model), claim.batch_id)


def empty(model: ServedModel) -> pa.Table:
    """Return the table of no rows."""
    none = np.array([], np.int64)
    columns = {name: pa.array([], pa.float64()) for name in model.signature.names}
    return score(model, Block(none, none, pa.table(columns), [], 1.0)).table
