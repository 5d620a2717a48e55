"""Everything that is written to the MLflow server, through one connection."""

from dataclasses import dataclass

from tracking.client.mlflow_experiments import MlflowExperiments
from tracking.client.mlflow_models import MlflowModels
from tracking.client.mlflow_runs import MlflowRuns
from tracking.client.mlflow_server import connect
from tracking.config.settings import Settings


@dataclass(frozen=True)
class MlflowWriters:
    """Writers of experiments, runs and models."""

    experiments: MlflowExperiments
    runs: MlflowRuns
    models: MlflowModels

    @classmethod
    def of(cls, settings: Settings) -> "MlflowWriters":
        """Make the writers; opens no connection."""
        client = connect(settings)
        return cls(MlflowExperiments(client), MlflowRuns(client), MlflowModels(client))
