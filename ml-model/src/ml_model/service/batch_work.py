"""Predict one queued batch: the worker's use case."""

import os
import socket
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import IO

from jobqueue.claims import DATABASE_AWAY, ClaimLost, kept_alive
from ml_model.persistence.model.batch_record import BatchRecord
from ml_model.persistence.repository.batch_chunks import INPUT, RESULT, BatchChunks
from ml_model.persistence.repository.batch_jobs import BatchJobs, Claim
from ml_model.service.batch_keeping import BatchKeeping, score
from ml_model.service.batch_prediction import BatchOpening, OpenBatch
from ml_model.service.routing import Router, Target
from ml_model.tabular.faults import FileRefused
from ml_model.utils.ahead import one_ahead
from servicekit.database import AnySession, transaction
from servicekit.errors import ServiceError, Unavailable
from servicekit.logs import get_logger

log = get_logger(__name__)

Context = Callable[[], AbstractContextManager[object]]


class BatchWork:
    """The use case of one batch.

    Args:
        session: of the dataset database; each thread has its own.
        context: opens what a thread needs to use the session.
        router: finds the version that was chosen when the batch was accepted.
        opening: reads files.
        lease_seconds: a batch without a sign for so long counts as lost.
    """

    def __init__(
        self, session: AnySession, context: Context, router: Router, opening: BatchOpening, lease_seconds: int
    ) -> None:
        self._session = session
        self._context = context
        self._router = router
        self._opening = opening
        self._lease_seconds = lease_seconds

    def run(self, batch_id: int) -> str:
        """Predict what the batch holds, and say how it ended.

        Does nothing for one that is not queued: a message may come twice, or after a cancellation. What an
        attempt before has left is dropped with the claim.
        """
        with transaction(self._session):
            jobs = BatchJobs(self._session)
            worker = f"{socket.gethostname()}:{os.getpid()}"
            claim, job = jobs.claim(batch_id, worker, self._lease_seconds), jobs.get(batch_id)
            if claim is not None:
                BatchChunks(self._session).drop(batch_id, RESULT)
        if claim is None or job is None:
            return "not queued"
        try:
            with kept_alive(lambda: self._beat(claim), self._context, self._lease_seconds):
                return self._predicted(claim, job)
        except ClaimLost:
            log.info("batch stopped", batch_id=batch_id)
            return "stopped"
        except (*DATABASE_AWAY, Unavailable):
            # The batch's row cannot be changed now; the watch gives it back when its lease ends.
            log.warning("database unavailable", batch_id=batch_id)
            raise
        except Exception as fault:
            log.exception("batch broke off", batch_id=batch_id)
            reason = f"It broke off with {type(fault).__name__}; the worker's log has the details."
            BatchKeeping(self._session).fail(claim, reason)
            raise

    def _predicted(self, claim: Claim, job: BatchRecord) -> str:
        keeping = BatchKeeping(self._session)
        with tempfile.TemporaryFile() as file:
            try:
                batch = self._opened(job, file)
                results = one_ahead(score(batch.model, block) for block in batch.file.blocks())
                for number, result in enumerate(results):
                    keeping.keep(claim, number, result)
            except Unavailable:
                raise
            except (FileRefused, ServiceError) as fault:
                keeping.fail(claim, fault.message)
                log.warning("batch failed", batch_id=claim.batch_id, reason=fault.message)
                return "failed"
        keeping.complete(claim)
        log.info("batch completed", batch_id=claim.batch_id, attempts=claim.attempt)
        return "completed"

    def _opened(self, job: BatchRecord, file: IO[bytes]) -> OpenBatch:
        with transaction(self._session):
            for piece in BatchChunks(self._session).contents(job.batch_id, INPUT):
                file.write(piece)
        versions = self._router.versions(job.order["endpoint"])
        version = next(one for one in versions if one.algorithm_id == job.algorithm_id)
        return self._opening.opened(Target(version, job.purpose), file)

    def _beat(self, claim: Claim) -> None:
        with transaction(self._session):
            BatchJobs(self._session).beat(claim)
