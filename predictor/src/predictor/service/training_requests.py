"""Ask for a training, look at it, cancel it."""

import uuid
from dataclasses import dataclass

from predictor.client.queue import JobQueue
from predictor.learning.estimators import model_types
from predictor.persistence.model.record import JobRecord, ModelRecord
from predictor.persistence.repository.performance_models import PerformanceModels
from predictor.persistence.repository.samples import Samples
from predictor.persistence.repository.training_jobs import NewJob, TrainingJobs
from predictor.service.errors import JobEnded, JobNotFound, UnknownModelType
from servicekit import request_id
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True)
class TrainingOrder:
    """What is to be trained on what.

    Args:
        database_name: observed database whose history is learnt.
        lookback_days: how old a window may be.
        model_type: one of `learning.estimators`.
        force_retrain: train also when no sample has come since the newest model like this.
        activate: whether the model becomes the active one; the very first always does.
    """

    database_name: str
    lookback_days: int
    model_type: str
    force_retrain: bool = False
    activate: bool = False


@dataclass(frozen=True)
class JobView:
    """A job with the model that came of it."""

    job: JobRecord
    model: ModelRecord | None


class TrainingRequests:
    """The use cases around a training job; the training itself is the worker's."""

    def __init__(self, session: AnySession, queue: JobQueue) -> None:
        self._session = session
        self._queue = queue

    def submit(self, order: TrainingOrder) -> tuple[JobView, bool]:
        """Queue a training, or find the one that answers the same; say whether it was queued now.

        Raises:
            UnknownModelType
        """
        known = model_types()
        if order.model_type not in known:
            raise UnknownModelType(order.model_type, known)
        with transaction(self._session):
            view, is_new = self._found_or_queued(order)
        if is_new and self._queue.send_training(view.job.job_id, view.job.request_id):
            with transaction(self._session):
                TrainingJobs(self._session).mark_published(view.job.job_id)
        return view, is_new

    def get(self, job_id: str) -> JobView:
        """Find a job.

        Raises:
            JobNotFound
        """
        with transaction(self._session):
            return self._view(job_id)

    def listed(self, limit: int, offset: int) -> list[JobView]:
        """List jobs, the newest first."""
        with transaction(self._session):
            models = PerformanceModels(self._session)
            jobs = TrainingJobs(self._session).listed(limit, offset)
            return [JobView(job, models.get(job.model_id) if job.model_id else None) for job in jobs]

    def cancel(self, job_id: str) -> JobView:
        """End a job that is under way; its worker stops at its next step.

        Raises:
            JobNotFound, JobEnded
        """
        with transaction(self._session):
            cancelled = TrainingJobs(self._session).cancel(job_id)
            view = self._view(job_id)
        if not cancelled and view.job.status != "cancelled":
            raise JobEnded(job_id, view.job.status)
        return view

    def _found_or_queued(self, order: TrainingOrder) -> tuple[JobView, bool]:
        jobs = TrainingJobs(self._session)
        like = (order.database_name, order.lookback_days, order.model_type)
        running = jobs.live(*like)
        if running is not None:
            return JobView(running, None), False
        known = None if order.force_retrain else self._nothing_new(order)
        if known is not None:
            return known, False
        new = NewJob(str(uuid.uuid4()), *like, order.activate, request_id.current())
        if jobs.add(new):
            log.info("training queued", job_id=new.job_id, model_type=order.model_type)
            return self._view(new.job_id), True
        other = jobs.live(*like)  # somebody else queued the same meanwhile
        return (JobView(other, None), False) if other else self._found_or_queued(order)

    def _nothing_new(self, order: TrainingOrder) -> JobView | None:
        """Give the newest model like this when no sample has come since it was trained."""
        models = PerformanceModels(self._session)
        newest = models.newest_like(order.database_name, order.lookback_days, order.model_type)
        if newest is None:
            return None
        last = Samples(self._session).last_sample_id(order.database_name, order.lookback_days)
        if last > newest.last_sample_id:
            return None
        if order.activate:
            models.activate(newest.model_id, "asked for with a training", request_id.current())
        return self._view(newest.job_id)

    def _view(self, job_id: str) -> JobView:
        job = TrainingJobs(self._session).get(job_id)
        if job is None:
            raise JobNotFound(job_id)
        models = PerformanceModels(self._session)
        return JobView(job, models.get(job.model_id) if job.model_id is not None else None)
