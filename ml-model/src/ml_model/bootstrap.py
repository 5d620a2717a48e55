"""The only module that knows every layer: settings to services to app."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from ml_model.client.mlflow_server import MlflowCheck, connect
from ml_model.client.run_models import RunModels
from ml_model.config.settings import Settings
from ml_model.service.deployment import Deployment
from ml_model.service.evaluation import Evaluation
from ml_model.service.labelled_sets import LabelledSets
from ml_model.service.model_series import ModelSeries
from ml_model.service.model_status import ModelStatus
from ml_model.service.stored_pipelines import StoredPipelines
from ml_model.service.training import Training, TrainingLimits
from ml_model.web.controller.model import Model
from ml_model.web.controller.set_model import SetModel
from servicekit.database import AnySession, attach_database, database_check
from servicekit.web.app import Identity, Mount, add_routes, new_app

IDENTITY = Identity("ml-model", "0.1.0", "Keeps the deployed model, trains it and scores it on loaded sets.")


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
    services = _services(settings, database.session, ModelSeries(metrics.registry))
    model = {"status": services.status, "training": services.training, "evaluation": services.evaluation}
    mounts = [
        Mount(Model, "/root/ml", model),
        Mount(SetModel, "/root/ml/set_model", {"deployment": services.deployment}),
    ]
    checks: dict[str, Callable[[], None]] = {
        "dataset_db": database_check(database.session),
        "mlflow": MlflowCheck(settings),
    }
    add_routes(app, mounts, checks)
    return app


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
