"""Every part of the stack that is configured by name: adding one is one entry here."""

from dataclasses import dataclass

# Where everything listens.
LOOPBACK = "127.0.0.1"
POSTGRES = "postgres"
POSTGRES_PORT = 15432
REDIS = "redis"
REDIS_PORT = 16379
# What the others need until their own end, so these two end last.
SERVERS = (POSTGRES, REDIS)


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


@dataclass(frozen=True)
class Worker:
    """A process without a port that does a service's work: a module, asked by SIGTERM to finish what it does.

    SIGTERM goes to its first process only, which ends its children itself.
    """

    name: str
    module: str
    needs: tuple[str, ...]
    stop_seconds: float

    @property
    def package(self) -> str:
        """The service's package, and the role by which it enters the database."""
        return self.module.partition(".")[0]


@dataclass(frozen=True)
class Migration:
    """A module that brings tables up to date, run to its end before a service starts."""

    module: str
    after: tuple[str, ...] = ()


DATASETS = "DATASET_DATABASE_URL"
MLFLOW_DATABASE = "MLFLOW_DATABASE_URL"
MLFLOW = "MLFLOW_TRACKING_URI"
ML_MODEL = "ML_MODEL_URL"
BROKER = "CELERY_BROKER"
BACKEND = "CELERY_BACKEND"
WORKLOAD_DATABASE = "PREDICTOR_WORKLOAD_DATABASE_URL"
STATE_DIRECTORY = "PREDICTOR_STATE_DIRECTORY"
ML_MODEL_JOURNAL = "ML_MODEL_JOURNAL_DIRECTORY"
PREDICTOR_JOURNAL = "PREDICTOR_JOURNAL_DIRECTORY"

_ML_MODEL = (DATASETS, MLFLOW, BROKER, BACKEND, ML_MODEL_JOURNAL)
_PREDICTOR = (DATASETS, BROKER, BACKEND, WORKLOAD_DATABASE, STATE_DIRECTORY, PREDICTOR_JOURNAL)

SERVICES = (
    Part("simulator", 5004, package="simulator", needs=(DATASETS,)),
    Part("ml-model", 5001, package="ml_model", needs=_ML_MODEL),
    Part("tracking", 5002, package="tracking", needs=(DATASETS, MLFLOW, MLFLOW_DATABASE, ML_MODEL)),
    Part("monitoring", 5003, package="monitoring", needs=(DATASETS,)),
    Part("predictor", 8081, package="predictor", needs=_PREDICTOR),
)
WORKERS = (
    Worker("ml-model-worker", "ml_model.worker", needs=_ML_MODEL, stop_seconds=30.0),
    Worker("predictor-worker", "predictor.worker", needs=_PREDICTOR, stop_seconds=30.0),
    Worker("predictor-beat", "predictor.worker.beat", needs=_PREDICTOR, stop_seconds=10.0),
)
# MLflow's /health answers before its tables exist; a search does not.
MLFLOW_SERVER = Part("mlflow", 5000, ready_path="/api/2.0/mlflow/experiments/search?max_results=1")
PARTS = (*SERVICES, MLFLOW_SERVER)

# All are done before a service starts. The tables of ml_model refer to those of datasetdb.
MIGRATIONS = (
    Migration("datasetdb.migrate"),
    Migration("ml_model.migrate", after=("datasetdb.migrate",)),
    Migration("predictor.migrate"),
)
