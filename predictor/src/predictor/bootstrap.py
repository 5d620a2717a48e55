"""The only module that knows every layer: settings to services to app.

Worker and scheduler are put together in `predictor.background`: the service loads nothing of training.
"""

from collections.abc import Callable
from functools import partial

from flask import Flask

from jobqueue.queue import QueueCheck, new_celery
from jobqueue.series import watch_queue
from journal.series import watch_journal
from predictor.client.observed_database import ObservedDatabase
from predictor.client.queue import JobQueue, options
from predictor.config.settings import Settings
from predictor.identity import IDENTITY
from predictor.persistence.repository.prediction_path import PredictionPath
from predictor.service.collection import Collection, CollectionRules
from predictor.service.history_import import HistoryImport, ImportRules
from predictor.service.job_series import watch_trainings
from predictor.service.loaded_models import LoadedModels
from predictor.service.model_plot import ModelPlot
from predictor.service.model_registry import ModelRegistry
from predictor.service.predicting import Predicting
from predictor.service.prediction_records import PredictionRecords
from predictor.service.prediction_series import PredictionSeries
from predictor.service.query_catalogue import QueryCatalogue
from predictor.service.status import Status as StatusOfService
from predictor.service.training_requests import TrainingRequests
from predictor.service.validation import ValidationOfPredictions
from predictor.web.controller.history import Collections, History
from predictor.web.controller.models import LatestModel, Model, ModelActivation, ModelPicture, Models
from predictor.web.controller.predictions import Defaults, Predictions, Validations
from predictor.web.controller.queries import Queries, Query
from predictor.web.controller.status import Status
from predictor.web.controller.trainings import Training, TrainingCancellation, Trainings
from predictor.web.express import prediction_lane
from servicekit.database import AnySession, attach_database, database_check
from servicekit.database_series import scrape_session
from servicekit.look_up import LookUps
from servicekit.state_series import StateSeries
from servicekit.web.app import Mount, add_routes, after_fork, new_app
from servicekit.web.express import add_lanes

PREDICT = "/api/predict/query-execution"


def create_app(settings: Settings | None = None) -> Flask:
    """Build predictor's app; opens no connection."""
    settings = settings or Settings()
    app, metrics = new_app(IDENTITY, settings)
    database = attach_database(app, settings)
    session = database.session
    models = LoadedModels(session, settings.kept_models)
    records = PredictionRecords(session, app.app_context, settings.journal_rules(IDENTITY.name))
    after_fork(app, records.start)
    series = PredictionSeries(metrics.registry)
    defaults = Defaults(settings.database_name, settings.confidence_level)
    path = PredictionPath(LookUps(app, database))
    predicting = Predicting(path, models, records, series, settings.lookback_days)
    mounts = [
        *_training_mounts(session, settings),
        Mount(Predictions, PREDICT, {"predicting": predicting, "defaults": defaults}),
        Mount(
            Validations,
            "/api/validate/prediction",
            {"validation": ValidationOfPredictions(session, records, series)},
        ),
        *_model_mounts(session, models),
        Mount(Status, "/api/status", {"status": StatusOfService(session, records)}),
        *_query_mounts(session, settings),
        Mount(History, "/api/history", {"history_import": history_import(session, settings)}),
        Mount(Collections, "/api/collect", {"collection": collection(session, settings)}),
    ]
    checks: dict[str, Callable[[], None]] = {
        "dataset_db": database_check(session),
        "queue": QueueCheck(settings.celery_broker),
    }
    add_routes(app, mounts, checks)
    _watch(app, metrics.state, settings)
    add_lanes(app, metrics, [prediction_lane(PREDICT, predicting, defaults)])
    return app


def _watch(app: Flask, state: StateSeries, settings: Settings) -> None:
    watch_trainings(state, partial(scrape_session, app), settings.job_lease_seconds)
    watch_queue(state, options(settings))
    watch_journal(state, settings.journal_rules(IDENTITY.name).directory)


def collection(session: AnySession, settings: Settings) -> Collection:
    """Build the use case that reads the observed database."""
    url = settings.observed_database_url
    observed = ObservedDatabase(url.get_secret_value()) if url else None
    return Collection(session, observed, CollectionRules(settings.database_name))


def history_import(session: AnySession, settings: Settings) -> HistoryImport:
    """Build the use case that loads files of history."""
    rules = ImportRules(settings.database_name, settings.max_import_bytes, settings.max_import_rows)
    return HistoryImport(session, rules)


def _training_mounts(session: AnySession, settings: Settings) -> list[Mount]:
    trainings = TrainingRequests(session, JobQueue(new_celery(options(settings))))
    path = "/api/train/performance-model"
    one = {"trainings": trainings}
    return [
        Mount(Trainings, path, one | {"default_database": settings.database_name}),
        Mount(Training, f"{path}/<job_id>", one),
        Mount(TrainingCancellation, f"{path}/<job_id>/cancel", one),
    ]


def _query_mounts(session: AnySession, settings: Settings) -> list[Mount]:
    arguments = {"queries": QueryCatalogue(session), "default_database": settings.database_name}
    return [
        Mount(Queries, "/api/queries", arguments),
        Mount(Query, "/api/queries/<query_hash>", arguments),
    ]


def _model_mounts(session: AnySession, models: LoadedModels) -> list[Mount]:
    registry = ModelRegistry(session, models)
    one = {"registry": registry}
    return [
        Mount(Models, "/api/models", one),
        Mount(LatestModel, "/api/models/latest", one),
        Mount(Model, "/api/models/<model_id>", one),
        Mount(ModelActivation, "/api/models/<model_id>/activate", one),
        Mount(ModelPicture, "/api/models/<model_id>/plot", {"plot": ModelPlot(session, registry, models)}),
    ]
