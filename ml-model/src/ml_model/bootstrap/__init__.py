"""The only module that knows every layer: settings to services to app."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from journal.series import watch_journal
from ml_model.bootstrap.ab_tests import ab_tests_mounts
from ml_model.bootstrap.batches import batches_checks, batches_mounts, watch_batch_jobs
from ml_model.bootstrap.parts import Parts
from ml_model.bootstrap.predictions import prediction_mounts
from ml_model.bootstrap.protocols import protocols_lanes, protocols_mounts
from ml_model.bootstrap.registry import registry_mounts
from ml_model.client.mlflow_server import MlflowCheck, connect
from ml_model.client.run_models import RunModels
from ml_model.config.settings import Settings
from ml_model.identity import IDENTITY
from ml_model.service.deployment import Deployment
from ml_model.service.evaluation import Evaluation
from ml_model.service.inference_series import InferenceSeries
from ml_model.service.labelled_sets import LabelledSets
from ml_model.service.model_series import ModelSeries
from ml_model.service.model_status import ModelStatus
from ml_model.service.request_keeping import RequestRecords
from ml_model.service.routing import Router, RoutingRules
from ml_model.service.served_models import ServedModels
from ml_model.service.serving import KeepingLimits, Served, Serving
from ml_model.service.shadow_copies import ShadowCopies
from ml_model.service.stored_pipelines import StoredPipelines
from ml_model.service.training import Training, TrainingLimits
from ml_model.web.controller.model import Model
from ml_model.web.controller.set_model import SetModel
from ml_model.web.express import prediction_lane
from servicekit.database import AnySession, attach_database, database_check
from servicekit.generation import Generation
from servicekit.metrics import Metrics
from servicekit.web.app import Mount, add_routes, after_fork, new_app
from servicekit.web.express import add_lanes


@dataclass(frozen=True)
class Services:
    """The use cases of ml-model."""

    deployment: Deployment
    status: ModelStatus
    training: Training
    evaluation: Evaluation


def create_app(settings: Settings | None = None) -> Flask:
    """Build ml-model's app; opens no connection."""
    settings = settings or Settings()
    app, metrics = new_app(IDENTITY, settings)
    database = attach_database(app, settings)
    parts = _serving_parts(app, settings, database.session, metrics)
    services = _services(settings, database.session, ModelSeries(metrics.registry))
    model = {"status": services.status, "training": services.training, "evaluation": services.evaluation}
    mounts = [
        Mount(Model, "/root/ml", model),
        Mount(SetModel, "/root/ml/set_model", {"deployment": services.deployment}),
        *prediction_mounts(parts),
        *registry_mounts(parts),
        *ab_tests_mounts(parts),
        *batches_mounts(parts),
        *protocols_mounts(parts),
    ]
    checks: dict[str, Callable[[], None]] = {
        "dataset_db": database_check(database.session),
        "mlflow": MlflowCheck(settings),
        **batches_checks(settings),
    }
    add_routes(app, mounts, checks)
    watch_batch_jobs(app, parts)
    watch_journal(metrics.state, settings.journal_rules(IDENTITY.name).directory)
    add_lanes(app, metrics, [prediction_lane(parts.serving), *protocols_lanes(parts)])
    return app


def _serving_parts(app: Flask, settings: Settings, session: AnySession, metrics: Metrics) -> Parts:
    rules = settings.journal_rules(IDENTITY.name)
    records = RequestRecords(session, app.app_context, rules)
    models = ServedModels(session, settings.kept_served_models)
    series = InferenceSeries(metrics.registry)
    router = Router(
        session,
        app.app_context,
        Generation(rules.directory / "routes.generation"),
        RoutingRules(settings.routes_most_seconds),
    )
    shadows = ShadowCopies(models, records, settings.shadow_capacity, metrics.registry, app.app_context)
    limits = KeepingLimits(settings.kept_predictions_share, settings.inferred_rows_as_requests)
    served = Served(router, models, records, shadows, series)
    for begin in (records.start, router.start):
        after_fork(app, begin)
    return Parts(session, settings, metrics, router, models, records, Serving(served, limits))


def _services(settings: Settings, session: AnySession, series: ModelSeries) -> Services:
    sets = LabelledSets(session, settings.default_source)
    pipelines = StoredPipelines(session, settings.kept_pipelines)
    limits = TrainingLimits(settings.max_trained_model_bytes, settings.seed)
    return Services(
        deployment=Deployment(session, RunModels(connect(settings)), series),
        status=ModelStatus(session),
        training=Training(session, sets, pipelines, series, limits),
        evaluation=Evaluation(session, sets, pipelines, series),
    )
