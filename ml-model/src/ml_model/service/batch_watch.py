"""Find batches whose worker is gone, and batches whose message is."""

from ml_model.client.queue import BatchQueue
from ml_model.persistence.model.batch_record import BatchRecord
from ml_model.persistence.repository.batch_chunks import INPUT, BatchChunks
from ml_model.persistence.repository.batch_jobs import BatchJobs
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger

log = get_logger(__name__)

MESSAGE_SECONDS = 30


class BatchWatch:
    """Gives lost batches back to the queue, or ends them; any number of watches may run at once.

    Args:
        session: of the dataset database.
        queue: tells the worker.
        attempts: how often a batch is given to a worker.
    """

    def __init__(self, session: AnySession, queue: BatchQueue, attempts: int) -> None:
        self._session = session
        self._queue = queue
        self._attempts = attempts

    def look(self) -> int:
        """Look once; say how many batches were given to the queue."""
        with transaction(self._session):
            jobs = BatchJobs(self._session)
            for job in jobs.end_lost(self._attempts):
                log.error("batch failed", batch_id=job.batch_id, reason=job.reason)
                BatchChunks(self._session).drop(job.batch_id, INPUT)
            for job in jobs.queue_lost():
                log.warning("worker lost", batch_id=job.batch_id, attempts=job.attempts)
            silent = jobs.unpublished(MESSAGE_SECONDS)
        return sum(self._send(job) for job in silent)

    def _send(self, job: BatchRecord) -> bool:
        if not self._queue.send(job.batch_id, job.asked_by):
            return False
        with transaction(self._session):
            BatchJobs(self._session).mark_published(job.batch_id)
        return True
