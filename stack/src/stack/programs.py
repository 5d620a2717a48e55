"""How each program of the stack is run."""

import os
import sys

from stack.cluster import Cluster
from stack.credentials import Credentials
from stack.home import Home
from stack.parts import DATASETS, ML_MODEL, MLFLOW, MLFLOW_DATABASE, MLFLOW_SERVER, POSTGRES, SERVICES, Part
from stack.ports import LOOPBACK
from stack.settings import DatabaseAddresses, Settings
from stack.spec import ProgramSpec

GUARD = "guard"
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}


def addresses(settings: Settings, credentials: Credentials) -> DatabaseAddresses:
    """Return where the two databases answer."""
    if settings.external:
        return settings.external
    server = f"{LOOPBACK}:{settings.ports[POSTGRES]}"
    return DatabaseAddresses(
        datasets=f"postgresql://datasets:{credentials.datasets}@{server}/datasets",
        mlflow=f"postgresql://mlflow:{credentials.mlflow}@{server}/mlflow",
    )


def programs_of(
    settings: Settings, databases: DatabaseAddresses, cluster: Cluster | None
) -> list[ProgramSpec]:
    """Return every program of this stack, in the order in which they are needed."""
    programs = [_postgres(cluster, settings.ports[POSTGRES])] if cluster else []
    programs.append(_mlflow(settings, databases))
    programs.extend(_service(part, settings, databases) for part in SERVICES)
    programs.append(_guard(settings.home))
    return programs


def base_environment() -> dict[str, str]:
    """Return what every program inherits: this environment without shared addresses and overrides."""
    dropped = {DATASETS, MLFLOW, MLFLOW_DATABASE, ML_MODEL, "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    direct = [
        text
        for text in (os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), LOOPBACK, "localhost")
        if text
    ]
    kept["NO_PROXY"] = kept["no_proxy"] = ",".join(direct)  # peers are never reached through a proxy
    kept["PYTHONUNBUFFERED"] = "1"
    return kept | QUIET


def _postgres(cluster: Cluster, port: int) -> ProgramSpec:
    account = cluster.account.name if cluster.account else None
    # SIGINT is PostgreSQL's fast shutdown: it cuts connections and writes a checkpoint.
    return ProgramSpec(
        POSTGRES,
        cluster.command(port),
        account=account,
        stop_signal="INT",
        stop_seconds=20.0,
        works_in=str(cluster.data.resolve()),
    )


def _mlflow(settings: Settings, databases: DatabaseAddresses) -> ProgramSpec:
    port = str(settings.ports[MLFLOW_SERVER.name])
    return ProgramSpec(
        name=MLFLOW_SERVER.name,
        command=(sys.executable, "-P", "-m", "stack.mlflow_server", LOOPBACK, port),
        environment={
            "MLFLOW_BACKEND_STORE_URI": databases.mlflow,
            "MLFLOW_ARTIFACTS_DESTINATION": str(settings.home.artifacts),
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_SERVER_ALLOWED_HOSTS": f"localhost:{port},{LOOPBACK}:{port}",
        },
    )


def _service(part: Part, settings: Settings, databases: DatabaseAddresses) -> ProgramSpec:
    shared = {
        DATASETS: databases.datasets,
        MLFLOW_DATABASE: databases.mlflow,
        MLFLOW: settings.urls[MLFLOW_SERVER.name],
        ML_MODEL: settings.urls["ml-model"],
    }
    return ProgramSpec(
        name=part.name,
        command=(sys.executable, "-P", "-m", "servicekit.serve", f"{part.package}.bootstrap:create_app"),
        environment={
            f"{part.prefix}_HOST": LOOPBACK,
            f"{part.prefix}_PORT": str(settings.ports[part.name]),
            "LOG_FORMAT": os.environ.get("LOG_FORMAT", "json"),
            "PROMETHEUS_MULTIPROC_DIR": str(settings.home.metrics / part.name),
            **{name: shared[name] for name in part.needs},
        },
    )


def _guard(home: Home) -> ProgramSpec:
    return ProgramSpec(GUARD, (sys.executable, "-P", "-m", "stack.guard", str(home.root)), stop_seconds=3.0)
