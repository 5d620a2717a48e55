"""Settings to use cases for the worker."""

from dataclasses import dataclass

from celery import Celery
from flask import Flask

from jobqueue.queue import new_celery
from predictor.bootstrap import collection
from predictor.client.queue import JobQueue, options
from predictor.config.settings import Settings
from predictor.identity import IDENTITY
from predictor.scheduling import job_watch
from predictor.service.collection import Collection
from predictor.service.job_watch import JobWatch
from predictor.service.signs_of_life import LifeSigns
from predictor.service.training import Training, TrainingRules
from predictor.service.training_requests import TrainingRequests
from servicekit.database import attach_database, forget_connections
from servicekit.web.app import begin_process, new_app


@dataclass(frozen=True)
class Background:
    """What runs beside the service: its use cases, its queue, and the app whose context they need."""

    app: Flask
    celery: Celery
    settings: Settings
    training: Training
    trainings: TrainingRequests
    watch: JobWatch
    collection: Collection
    signs: LifeSigns

    def forked(self) -> None:
        """Forget the connections of the parent process, and begin what waits for the fork."""
        forget_connections(self.app)
        begin_process(self.app)


def create_background(settings: Settings | None = None) -> Background:
    """Build what the worker needs; opens no connection."""
    settings = settings or Settings()
    app, _ = new_app(IDENTITY, settings)
    session = attach_database(app, settings).session
    celery = new_celery(options(settings), stores_results=True)
    queue = JobQueue(new_celery(options(settings)))
    return Background(
        app=app,
        celery=celery,
        settings=settings,
        training=Training(session, app.app_context, _training_rules(settings)),
        trainings=TrainingRequests(session, queue),
        watch=job_watch(session, settings),
        collection=collection(session, settings),
        signs=LifeSigns(session),
    )


def _training_rules(settings: Settings) -> TrainingRules:
    return TrainingRules(
        seed=settings.seed,
        confidence_level=settings.confidence_level,
        least=settings.min_training_samples,
        most=settings.max_training_samples,
        lease_seconds=settings.job_lease_seconds,
    )
