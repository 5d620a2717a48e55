"""Files of rows and of true labels, put together."""

from collections.abc import Callable
from functools import partial

from flask import Flask

from jobqueue.queue import QueueCheck, new_celery
from jobqueue.series import watch_queue
from ml_model.bootstrap.parts import Parts
from ml_model.client.queue import BatchQueue, options
from ml_model.config.settings import Settings
from ml_model.service.batch_intake import BatchIntake, IntakeLimits
from ml_model.service.batch_prediction import BatchOpening, BatchPrediction
from ml_model.service.batch_requests import BatchRequests
from ml_model.service.batch_series import BatchSeries
from ml_model.service.bulk_feedback import FeedbackImport
from ml_model.service.job_series import watch_batches
from ml_model.tabular.memory import use_system_memory
from ml_model.web.controller.batches import (
    Batch,
    BatchCancellation,
    Batches,
    BatchPredictions,
    BatchResult,
)
from ml_model.web.controller.bulk_feedback import FeedbackFile
from servicekit.database_series import scrape_session
from servicekit.web.app import Mount


def batches_mounts(parts: Parts) -> list[Mount]:
    """Return the routes of files of rows and of files of true labels."""
    use_system_memory()
    settings = parts.settings
    opening = BatchOpening(parts.router, parts.models)
    jobs = BatchRequests(parts.session, opening, batch_queue(settings))
    series = BatchSeries(parts.metrics.registry)
    at_once = BatchPrediction(parts.session, opening, series, settings.batch_rows_as_requests)
    limits = IntakeLimits(settings.max_batch_bytes_at_once, settings.max_batch_rows_at_once)
    one = {"batches": jobs}
    path = "/api/v1/batches"
    return [
        Mount(BatchPredictions, "/api/v1/batch-predict", {"intake": BatchIntake(at_once, jobs, limits)}),
        Mount(Batches, path, one),
        Mount(Batch, f"{path}/<int:batch_id>", one),
        Mount(BatchResult, f"{path}/<int:batch_id>/result", one),
        Mount(BatchCancellation, f"{path}/<int:batch_id>/cancel", one),
        Mount(FeedbackFile, "/api/v1/feedback", {"feedback": FeedbackImport(parts.session, parts.records)}),
    ]


def batch_queue(settings: Settings) -> BatchQueue:
    """Build the queue's sending end; opens no connection."""
    bound = options(settings)
    return BatchQueue(new_celery(bound) if bound else None)


def batches_checks(settings: Settings) -> dict[str, Callable[[], None]]:
    """Return the readiness check of the queue, where there is one."""
    return {"queue": QueueCheck(settings.celery_broker)} if settings.celery_broker else {}


def watch_batch_jobs(app: Flask, parts: Parts) -> None:
    """Have batches and their queue shown at /metrics."""
    watch_batches(parts.metrics.state, partial(scrape_session, app))
    if bound := options(parts.settings):
        watch_queue(parts.metrics.state, bound)
