"""How each program of the stack is run."""

import os
import sys
from dataclasses import dataclass

from stack.addresses import Addresses, shared_environment
from stack.cluster import Cluster
from stack.home import Home
from stack.parts import LOOPBACK, MLFLOW_SERVER, POSTGRES, REDIS, SERVICES, WORKERS, Part, Worker
from stack.redis_server import RedisServer
from stack.settings import DatabaseAddresses, Settings
from stack.spec import ProgramSpec

GUARD = "guard"
# Where there is not time for both, a request is answered before a job goes on.
WORKER_NICENESS = 5


@dataclass(frozen=True)
class Servers:
    """The servers that belong to this stack; those that run elsewhere are missing here."""

    cluster: Cluster | None = None
    redis: RedisServer | None = None


def programs_of(settings: Settings, known: Addresses, servers: Servers) -> list[ProgramSpec]:
    """Return every program of this stack, in the order in which they are needed."""
    programs = [_postgres(servers.cluster, settings.ports[POSTGRES])] if servers.cluster else []
    if servers.redis:
        programs.append(_redis(servers.redis))
    programs.append(_mlflow(settings, known.databases))
    shared = {part.package: shared_environment(settings, known, part.package) for part in SERVICES}
    programs.extend(_service(part, settings, shared[part.package]) for part in SERVICES)
    programs.extend(_worker(worker, shared[worker.package]) for worker in WORKERS)
    programs.append(_guard(settings.home))
    return programs


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


def _redis(server: RedisServer) -> ProgramSpec:
    return ProgramSpec(
        REDIS,
        server.command,
        account=server.account.name if server.account else None,
        stop_seconds=20.0,
        works_in=str(server.data.resolve()),
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


def _service(part: Part, settings: Settings, shared: dict[str, str]) -> ProgramSpec:
    return ProgramSpec(
        name=part.name,
        command=(sys.executable, "-P", "-m", "servicekit.serve", f"{part.package}.bootstrap:create_app"),
        environment={
            f"{part.prefix}_HOST": LOOPBACK,
            f"{part.prefix}_PORT": str(settings.ports[part.name]),
            "LOG_FORMAT": os.environ.get("LOG_FORMAT", "json"),
            "PROMETHEUS_MULTIPROC_DIR": str(settings.home.metrics / part.name),
            **_needed(part.needs, shared),
        },
    )


def _worker(worker: Worker, shared: dict[str, str]) -> ProgramSpec:
    return ProgramSpec(
        name=worker.name,
        command=(sys.executable, "-P", "-m", worker.module),
        environment={
            "LOG_FORMAT": os.environ.get("LOG_FORMAT", "json"),
            **_needed(worker.needs, shared),
        },
        stop_seconds=worker.stop_seconds,
        stop_whole_group=False,
        niceness=WORKER_NICENESS,
    )


def _needed(names: tuple[str, ...], shared: dict[str, str]) -> dict[str, str]:
    return {name: shared[name] for name in names if name in shared}


def _guard(home: Home) -> ProgramSpec:
    return ProgramSpec(GUARD, (sys.executable, "-P", "-m", "stack.guard", str(home.root)), stop_seconds=3.0)
