"""Find jobs whose worker is gone, and jobs whose message is."""

from dataclasses import dataclass

from predictor.client.queue import JobQueue
from predictor.persistence.model.record import JobRecord
from predictor.persistence.repository.signs_of_life import SignsOfLife
from predictor.persistence.repository.training_jobs import TrainingJobs
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger

log = get_logger(__name__)

SCHEDULER = "scheduler"
WORKER = "worker"


@dataclass(frozen=True)
class WatchRules:
    """When a job counts as lost.

    Args:
        lease_seconds: a job in training without a sign for so long has lost its worker.
        attempts: how often it is given to a worker.
        message_seconds: a job that was queued for so long gets another message.
    """

    lease_seconds: int
    attempts: int
    message_seconds: int = 30


class JobWatch:
    """Gives lost jobs back to the queue, or ends them; any number of watches may run at once."""

    def __init__(self, session: AnySession, queue: JobQueue, rules: WatchRules) -> None:
        self._session = session
        self._queue = queue
        self._rules = rules

    def look(self) -> int:
        """Look once; say how many jobs were given to the queue."""
        with transaction(self._session):
            jobs = TrainingJobs(self._session)
            for job in jobs.end_lost(self._rules.lease_seconds, self._rules.attempts):
                log.error("job failed", job_id=job.job_id, reason=job.failure)
            for job in jobs.queue_lost(self._rules.lease_seconds):
                log.warning("worker lost", job_id=job.job_id, attempts=job.attempts)
            silent = jobs.unpublished(self._rules.message_seconds)
            SignsOfLife(self._session).give(SCHEDULER)
        return sum(self._send(job) for job in silent)

    def _send(self, job: JobRecord) -> bool:
        if not self._queue.send_training(job.job_id, job.request_id):
            return False
        with transaction(self._session):
            TrainingJobs(self._session).mark_published(job.job_id)
        return True
