"""Where everything answers, and the names by which the programs are told."""

from dataclasses import dataclass

from stack.credentials import Credentials
from stack.parts import (
    BACKEND,
    BROKER,
    DATASETS,
    LOOPBACK,
    ML_MODEL,
    ML_MODEL_JOURNAL,
    MLFLOW,
    MLFLOW_DATABASE,
    MLFLOW_SERVER,
    POSTGRES,
    PREDICTOR_JOURNAL,
    REDIS,
    STATE_DIRECTORY,
    WORKLOAD_DATABASE,
)
from stack.roles import DATABASES, MLFLOW_READER, database_of
from stack.settings import DatabaseAddresses, QueueAddresses, Settings

SHARED = (
    *(DATASETS, MLFLOW, MLFLOW_DATABASE, ML_MODEL),
    *(BROKER, BACKEND, WORKLOAD_DATABASE, STATE_DIRECTORY),
    *(ML_MODEL_JOURNAL, PREDICTOR_JOURNAL),
)


@dataclass(frozen=True)
class Addresses:
    """The servers behind the services, with the passwords."""

    databases: DatabaseAddresses
    queue: QueueAddresses


def addresses(settings: Settings, credentials: Credentials) -> Addresses:
    """Return the stack's own servers, or those that run already."""
    return Addresses(_databases(settings, credentials), _queue(settings, credentials))


def shared_environment(settings: Settings, known: Addresses, role: str) -> dict[str, str]:
    """Return every shared name that has a value, for programs of one role; each gets those that it needs."""
    databases = known.databases
    values = {
        DATASETS: databases.guests.get(role, databases.datasets),
        MLFLOW_DATABASE: databases.guests.get(MLFLOW_READER, databases.mlflow),
        WORKLOAD_DATABASE: databases.workload,
        MLFLOW: settings.urls[MLFLOW_SERVER.name],
        ML_MODEL: settings.urls["ml-model"],
        BROKER: known.queue.broker,
        BACKEND: known.queue.backend,
        STATE_DIRECTORY: str(settings.home.predictor_state),
        ML_MODEL_JOURNAL: str(settings.home.journals / "ml-model"),
        PREDICTOR_JOURNAL: str(settings.home.journals / "predictor"),
    }
    return {name: value for name, value in values.items() if value is not None}


def _databases(settings: Settings, credentials: Credentials) -> DatabaseAddresses:
    if settings.external:
        external = settings.external
        return DatabaseAddresses(external.datasets, external.mlflow, settings.external_workload)
    server = f"{LOOPBACK}:{settings.ports[POSTGRES]}"
    known = {
        role: f"postgresql://{role}:{password}@{server}/{database_of(role)}"
        for role, password in credentials.roles.items()
    }
    return DatabaseAddresses(
        datasets=known["datasets"],
        mlflow=known["mlflow"],
        workload=settings.external_workload or known["workload"],
        guests={role: known[role] for database in DATABASES for role in database.guests},
    )


def _queue(settings: Settings, credentials: Credentials) -> QueueAddresses:
    if settings.external_queue:
        return settings.external_queue
    server = f"redis://:{credentials.redis}@{LOOPBACK}:{settings.ports[REDIS]}"
    return QueueAddresses(broker=f"{server}/0", backend=f"{server}/1")
