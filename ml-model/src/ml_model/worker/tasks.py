"""The task of the worker: its use case, in the app's context."""

from typing import Any

from celery import Celery

from jobqueue.request_headers import received
from ml_model.background import Background
from ml_model.client.queue import PREDICT


def register(background: Background) -> Celery:
    """Give the Celery app its task."""
    celery = background.celery

    @celery.task(name=PREDICT, bind=True, shared=False)  # type: ignore[untyped-decorator]
    def predict(task: Any, batch_id: int) -> str:
        with background.app.app_context(), received(task, batch_id=batch_id):
            return background.work.run(batch_id)

    return celery
