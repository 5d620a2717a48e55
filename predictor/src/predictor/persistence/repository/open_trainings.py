"""The training jobs that have not ended, in figures."""

from sqlalchemy import func, select

from jobqueue.series import OpenJobs
from predictor.persistence.model.training_job import LIVE, TrainingJob
from servicekit.database import AnySession

NEWEST = 1000


class OpenTrainings:
    """Counts and times open jobs."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def read(self, lease_seconds: int) -> OpenJobs:
        """Read the figures.

        Args:
            lease_seconds: a job in training without a sign for longer is overdue.
        """
        queued, running = TrainingJob.status == "queued", TrainingJob.status == "training"
        newest_sign = func.coalesce(TrainingJob.heartbeat_at, TrainingJob.queued_at)
        silence = func.max(func.extract("epoch", func.clock_timestamp() - newest_sign))
        figures = select(
            func.count().filter(queued),
            func.count().filter(running),
            func.coalesce(silence.filter(queued), 0),
            func.coalesce(func.greatest(silence.filter(running) - lease_seconds, 0), 0),
        ).where(TrainingJob.status.in_(LIVE))
        row = self._session.execute(figures).one()
        return OpenJobs(row[0], row[1], float(row[2]), float(row[3]), self._failed_lately())

    def _failed_lately(self) -> int:
        newest = select(TrainingJob.status, TrainingJob.finished_at).order_by(TrainingJob.queued_at.desc())
        among = newest.limit(NEWEST).subquery()
        hour_ago = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 1)
        failed = select(func.count()).where(among.c.status == "failed", among.c.finished_at > hour_ago)
        return self._session.execute(failed).scalar_one()
