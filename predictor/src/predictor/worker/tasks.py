"""The tasks of the worker: each a use case, in the app's context."""

from typing import Any

from celery import Celery
from celery.exceptions import SoftTimeLimitExceeded

from jobqueue.claims import DATABASE_AWAY
from jobqueue.request_headers import received
from predictor.background import Background
from predictor.client.queue import COLLECT, RETRAIN, SCHEDULER_TICK, TRAIN
from predictor.service.job_watch import WORKER
from predictor.service.training_requests import TrainingOrder
from servicekit.errors import ServiceError
from servicekit.logs import get_logger

log = get_logger(__name__)


def register(background: Background) -> Celery:
    """Give the Celery app its tasks."""
    celery, training = background.celery, background.training

    @celery.task(name=TRAIN, bind=True, shared=False)  # type: ignore[untyped-decorator]
    def train(task: Any, job_id: str) -> str:
        with background.app.app_context(), received(task, job_id=job_id):
            try:
                return training.run(job_id)
            except DATABASE_AWAY:
                # The job's row cannot be changed now; the watch gives the job back when its lease ends.
                log.warning("database unavailable", job_id=job_id)
                raise
            except (Exception, SoftTimeLimitExceeded) as fault:
                log.exception("training broke off", job_id=job_id)
                training.fail_unexpectedly(job_id, fault)
                raise

    @celery.task(name=RETRAIN, bind=True, shared=False)  # type: ignore[untyped-decorator]
    def retrain(task: Any) -> str:
        settings = background.settings
        with background.app.app_context(), received(task):
            order = TrainingOrder(
                database_name=settings.database_name,
                lookback_days=settings.lookback_days,
                model_type=settings.retrain_model_type,
                activate=settings.retrain_activate,
            )
            view, _ = background.trainings.submit(order)
            return view.job.job_id

    @celery.task(name=COLLECT, bind=True, shared=False)  # type: ignore[untyped-decorator]
    def collect(task: Any) -> str:
        with background.app.app_context(), received(task):
            try:
                sentence = background.collection.collect().sentence
            except ServiceError as fault:  # the next scheduled one tries again
                log.warning("nothing collected", reason=fault.message)
                return fault.message
            log.info("collected", summary=sentence)
            return sentence

    @celery.task(name=SCHEDULER_TICK, ignore_result=True, shared=False)  # type: ignore[untyped-decorator]
    def tick() -> None:
        with background.app.app_context():
            background.signs.give(WORKER)

    return celery
