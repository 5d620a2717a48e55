"""The Celery app and its queue: how the service hands work to the worker."""

from celery import Celery

from jobqueue.queue import QueueOptions, send
from predictor.config.settings import Settings

QUEUE = "predictor"
TRAIN = "predictor.train"
COLLECT = "predictor.collect"
RETRAIN = "predictor.retrain"
SCHEDULER_TICK = "predictor.scheduler_tick"


def options(settings: Settings) -> QueueOptions:
    """Return what predictor's queue is bound to."""
    return QueueOptions(
        name=QUEUE,
        broker=settings.celery_broker,
        backend=settings.celery_backend,
        task_seconds=settings.max_training_seconds,
        processes=settings.worker_processes,
        sign_of_life=settings.sign_of_life_file,
    )


class JobQueue:
    """Sends messages to the worker; what they say is in the database."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def send_training(self, job_id: str, asked_by: str | None) -> bool:
        """Tell the worker of a queued job; False while the queue does not answer."""
        return send(self._app, TRAIN, job_id, asked_by)
