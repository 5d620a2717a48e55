"""Settings to use cases for what runs beside the service: the worker."""

from dataclasses import dataclass

from celery import Celery
from flask import Flask

from jobqueue.queue import QueueOptions, new_celery
from ml_model.client.queue import BatchQueue, options
from ml_model.config.settings import Settings
from ml_model.identity import IDENTITY
from ml_model.service.batch_prediction import BatchOpening
from ml_model.service.batch_requests import BatchRequests
from ml_model.service.batch_watch import BatchWatch
from ml_model.service.batch_work import BatchWork
from ml_model.service.routing import Router, RoutingRules
from ml_model.service.served_models import ServedModels
from servicekit.database import attach_database, forget_connections
from servicekit.generation import Generation
from servicekit.web.app import begin_process, new_app

# A job looks a version up once, so it reads what is there now.
ALWAYS_FRESH = RoutingRules(most_seconds=0.0)


@dataclass(frozen=True)
class Background:
    """What runs beside the service: its use cases, its queue, and the app whose context they need."""

    app: Flask
    celery: Celery
    options: QueueOptions
    settings: Settings
    work: BatchWork
    watch: BatchWatch
    requests: BatchRequests

    def forked(self) -> None:
        """Forget the connections of the parent process, and begin what waits for the fork."""
        forget_connections(self.app)
        begin_process(self.app)


def create_background(settings: Settings | None = None) -> Background:
    """Build what the worker needs; opens no connection."""
    settings = settings or Settings()
    bound = options(settings)
    if bound is None:
        raise SystemExit("The worker needs the setting CELERY_BROKER: the address of its queue.")
    app, _ = new_app(IDENTITY, settings)
    session = attach_database(app, settings).session
    directory = settings.journal_rules(IDENTITY.name).directory
    generation = Generation(directory / "routes.generation")
    router = Router(session, app.app_context, generation, ALWAYS_FRESH)
    opening = BatchOpening(router, ServedModels(session, settings.kept_served_models))
    queue = BatchQueue(new_celery(bound))
    return Background(
        app=app,
        celery=new_celery(bound, stores_results=True),
        options=bound,
        settings=settings,
        work=BatchWork(session, app.app_context, router, opening, settings.batch_lease_seconds),
        watch=BatchWatch(session, queue, settings.batch_attempts),
        requests=BatchRequests(session, opening, queue),
    )
