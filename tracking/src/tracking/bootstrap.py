"""The only module that knows every layer: settings to services to app."""

from dataclasses import dataclass

import httpx
from flask import Flask
from prometheus_client import CollectorRegistry

from servicekit.database import AnySession, attach_database, database_check
from servicekit.peer import Peer
from servicekit.web.app import Identity, Mount, add_routes, new_app
from servicekit.web.probes import Check
from tracking.client.ml_model import MlModel
from tracking.client.mlflow_server import MlflowCheck
from tracking.client.mlflow_writers import MlflowWriters
from tracking.config.settings import Settings
from tracking.persistence.mlflow_database import MlflowDatabase
from tracking.service.deployment import Deployment
from tracking.service.experiment_archive import ExperimentArchive
from tracking.service.experiment_naming import ExperimentNaming
from tracking.service.optimization import Optimization, OptimizationLimits
from tracking.service.run_archive import RunArchive
from tracking.service.run_claims import RunClaims
from tracking.service.run_comparison import RunComparison
from tracking.service.tuned_runs import TunedRuns
from tracking.service.tuning_series import TuningSeries
from tracking.web.controller.experiments import Experiments
from tracking.web.controller.model_management import ModelManagement
from tracking.web.controller.runs import Runs

IDENTITY = Identity(
    "tracking", "0.1.0", "Tunes models, keeps their runs in MLflow, compares and deploys them."
)


@dataclass(frozen=True)
class Services:
    """The use cases of tracking."""

    optimization: Optimization
    deployment: Deployment
    experiments: ExperimentArchive
    runs: RunArchive
    comparison: RunComparison


@dataclass(frozen=True)
class Connections:
    """What the use cases reach; nothing of it is open yet."""

    session: AnySession
    database: MlflowDatabase
    mlflow: MlflowWriters
    ml_model: MlModel


def make_services(settings: Settings, connections: Connections, registry: CollectorRegistry) -> Services:
    """Build the use cases."""
    database, mlflow = connections.database, connections.mlflow
    naming = ExperimentNaming(database, mlflow.experiments)
    claims = RunClaims(database, mlflow.runs)
    tuned = TunedRuns(mlflow.runs, mlflow.models, TuningSeries(registry), settings.seed)
    limits = OptimizationLimits(settings.max_candidates, settings.default_source)
    return Services(
        optimization=Optimization(connections.session, naming, claims, tuned, limits),
        deployment=Deployment(database, connections.ml_model),
        experiments=ExperimentArchive(database, naming),
        runs=RunArchive(database, mlflow.runs),
        comparison=RunComparison(database),
    )


def create_app(settings: Settings | None = None, to_ml_model: httpx.BaseTransport | None = None) -> Flask:
    """Build the app of tracking; opens no connection.

    Args:
        settings: read from the environment when left out.
        to_ml_model: another way to reach ml-model than its address.
    """
    settings = settings or Settings()
    app, metrics = new_app(IDENTITY, settings)
    connections = Connections(
        session=attach_database(app, settings).session,
        database=MlflowDatabase(settings),
        mlflow=MlflowWriters.of(settings),
        ml_model=MlModel(
            Peer("ml-model", settings.ml_model_url, settings.ml_model_timeout_seconds, to_ml_model)
        ),
    )
    services = make_services(settings, connections, metrics.registry)
    experiments = {"archive": services.experiments, "comparison": services.comparison}
    management = {"optimization": services.optimization, "deployment": services.deployment}
    mounts = [
        Mount(ModelManagement, "/root/tracking/model_management", management),
        Mount(Experiments, "/root/tracking/experiments", experiments),
        Mount(Runs, "/root/tracking/runs", {"archive": services.runs}),
    ]
    checks: dict[str, Check] = {
        "dataset_db": database_check(connections.session),
        "mlflow": MlflowCheck(settings),
        "mlflow_db": connections.database.check,
        "ml_model": connections.ml_model.check,
    }
    add_routes(app, mounts, checks)
    return app
