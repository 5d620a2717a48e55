"""The queue of files that are predicted in the background."""

from celery import Celery

from jobqueue.queue import QueueOptions, send
from ml_model.config.settings import Settings

QUEUE = "ml-model"
PREDICT = "ml_model.predict_batch"


def options(settings: Settings) -> QueueOptions | None:
    """Return what the queue is bound to; None where no broker is set."""
    if settings.celery_broker is None:
        return None
    return QueueOptions(
        name=QUEUE,
        broker=settings.celery_broker,
        backend=settings.celery_backend,
        task_seconds=settings.max_batch_seconds,
        processes=settings.batch_processes,
        sign_of_life=settings.sign_of_life_file,
    )


class BatchQueue:
    """Sends messages to the worker; what they say is in the database.

    Without an app nothing is sent: batches wait until a worker's watch finds them.
    """

    def __init__(self, app: Celery | None) -> None:
        self._app = app

    def send(self, batch_id: int, asked_by: str | None) -> bool:
        """Tell the worker of a queued batch; False while the queue does not answer."""
        return self._app is not None and send(self._app, PREDICT, batch_id, asked_by)
