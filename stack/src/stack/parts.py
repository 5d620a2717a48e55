"""Every part of the stack that answers HTTP: adding one is one entry here."""

from dataclasses import dataclass

POSTGRES = "postgres"
POSTGRES_PORT = 15432


@dataclass(frozen=True)
class Part:
    """A part with a port of its own."""

    name: str
    port: int
    ready_path: str = "/ready"
    package: str = ""
    needs: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        """What its own environment names begin with."""
        return self.name.upper().replace("-", "_")


DATASETS = "DATASET_DATABASE_URL"
MLFLOW_DATABASE = "MLFLOW_DATABASE_URL"
MLFLOW = "MLFLOW_TRACKING_URI"
ML_MODEL = "ML_MODEL_URL"

SERVICES = (
    Part("simulator", 5004, package="simulator", needs=(DATASETS,)),
    Part("ml-model", 5001, package="ml_model", needs=(DATASETS, MLFLOW)),
    Part("tracking", 5002, package="tracking", needs=(DATASETS, MLFLOW, MLFLOW_DATABASE, ML_MODEL)),
    Part("monitoring", 5003, package="monitoring", needs=(DATASETS,)),
)
# MLflow's /health answers before its tables exist; a search does not.
MLFLOW_SERVER = Part("mlflow", 5000, ready_path="/api/2.0/mlflow/experiments/search?max_results=1")
PARTS = (*SERVICES, MLFLOW_SERVER)

# Each is run to its end, in this order, before a service starts.
MIGRATIONS = ("datasetdb.migrate", "ml_model.migrate")
