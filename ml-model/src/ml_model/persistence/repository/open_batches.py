"""The batches that have not ended, in figures."""

from sqlalchemy import func, select

from jobqueue.series import OpenJobs
from ml_model.persistence.model.batch_job import BatchJob
from servicekit.database import AnySession

OPEN = ("queued", "running")
NEWEST = 1000


class OpenBatches:
    """Counts and times open batches."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def read(self) -> OpenJobs:
        """Read the figures; a batch whose lease has ended is overdue."""
        queued, running = BatchJob.status == "queued", BatchJob.status == "running"
        newest_sign = func.coalesce(BatchJob.lease_until, BatchJob.created_at)
        silence = func.max(func.extract("epoch", func.clock_timestamp() - newest_sign))
        figures = select(
            func.count().filter(queued),
            func.count().filter(running),
            func.coalesce(func.greatest(silence.filter(queued), 0), 0),
            func.coalesce(func.greatest(silence.filter(running), 0), 0),
        ).where(BatchJob.status.in_(OPEN))
        row = self._session.execute(figures).one()
        return OpenJobs(row[0], row[1], float(row[2]), float(row[3]), self._failed_lately())

    def _failed_lately(self) -> int:
        newest = select(BatchJob.status, BatchJob.ended_at).order_by(BatchJob.batch_id.desc())
        among = newest.limit(NEWEST).subquery()
        hour_ago = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 1)
        failed = select(func.count()).where(among.c.status == "failed", among.c.ended_at > hour_ago)
        return self._session.execute(failed).scalar_one()
