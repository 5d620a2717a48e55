"""Settings to use cases for the scheduler, which trains nothing and so loads no library that does."""

from dataclasses import dataclass

from celery import Celery
from flask import Flask

from jobqueue.queue import new_celery
from predictor.client.queue import JobQueue, options
from predictor.config.settings import Settings
from predictor.identity import IDENTITY
from predictor.service.job_watch import JobWatch, WatchRules
from servicekit.database import AnySession, attach_database
from servicekit.web.app import new_app


@dataclass(frozen=True)
class Scheduling:
    """What the scheduler works with, and the app whose context it needs."""

    app: Flask
    celery: Celery
    settings: Settings
    watch: JobWatch


def create_scheduling(settings: Settings | None = None) -> Scheduling:
    """Build what the scheduler needs; opens no connection."""
    settings = settings or Settings()
    app, _ = new_app(IDENTITY, settings)
    session = attach_database(app, settings).session
    celery = new_celery(options(settings), stores_results=True)
    return Scheduling(app, celery, settings, job_watch(session, settings))


def job_watch(session: AnySession, settings: Settings) -> JobWatch:
    """Build the use case that finds lost jobs."""
    rules = WatchRules(settings.job_lease_seconds, settings.job_attempts)
    return JobWatch(session, JobQueue(new_celery(options(settings))), rules)
