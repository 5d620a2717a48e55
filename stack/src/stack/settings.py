"""What the person asked for: command line and environment, read here and nowhere else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from stack.errors import StackError
from stack.home import Home
from stack.parts import (
    BACKEND,
    BROKER,
    DATASETS,
    LOOPBACK,
    MLFLOW_DATABASE,
    PARTS,
    POSTGRES,
    POSTGRES_PORT,
    REDIS,
    REDIS_PORT,
    WORKLOAD_DATABASE,
)

HIGHEST_PORT = 65535
# Brokers that can keep results too; a backend must be named beside any other.
KEEPS_RESULTS = ("redis://", "rediss://", "redis+socket://", "sentinel://")


@dataclass(frozen=True)
class DatabaseAddresses:
    """The databases, as their owners reach them.

    Args:
        datasets, mlflow: of those two.
        workload: may be missing where the servers are somebody else's.
        guests: the same databases as each service reaches them; like the owner where the servers are somebody
            else's.
    """

    datasets: str
    mlflow: str
    workload: str | None = None
    guests: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class QueueAddresses:
    """Where jobs wait, and where their results are kept."""

    broker: str
    backend: str


@dataclass(frozen=True)
class Settings:
    """One stack, as asked for; what is named as external runs already."""

    home: Home
    offset: int
    ports: dict[str, int]
    external: DatabaseAddresses | None = None
    external_workload: str | None = None
    external_queue: QueueAddresses | None = None

    @property
    def urls(self) -> dict[str, str]:
        """The base address of each part that answers HTTP."""
        return {part.name: f"http://{LOOPBACK}:{self.ports[part.name]}" for part in PARTS}


def settings_from(home: Home, offset: int, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raises StackError that names the variable with a wrong value."""
    ports = {part.name: _port(f"{part.prefix}_PORT", part.port + offset, environment) for part in PARTS}
    external, queue = _external(environment), _external_queue(environment)
    if external is None:
        ports[POSTGRES] = _port("POSTGRES_PORT", POSTGRES_PORT + offset, environment)
    if queue is None:
        ports[REDIS] = _port("REDIS_PORT", REDIS_PORT + offset, environment)
    _refuse_doubles(ports)
    workload = environment.get(WORKLOAD_DATABASE) or None
    return Settings(home, offset, ports, external, workload, queue)


def _port(variable: str, default: int, environment: Mapping[str, str]) -> int:
    text = environment.get(variable) or str(default)
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
        raise StackError(f"{variable} (or the port offset) gives the port {text}; use 1 to {HIGHEST_PORT}")
    return int(text)


def _external(environment: Mapping[str, str]) -> DatabaseAddresses | None:
    datasets, mlflow = environment.get(DATASETS), environment.get(MLFLOW_DATABASE)
    if not datasets and not mlflow:
        return None
    if not (datasets and mlflow):
        missing = MLFLOW_DATABASE if datasets else DATASETS
        raise StackError(f"To use PostgreSQL servers that run already, set {missing} too")
    return DatabaseAddresses(datasets, mlflow)


def _external_queue(environment: Mapping[str, str]) -> QueueAddresses | None:
    broker, backend = environment.get(BROKER), environment.get(BACKEND)
    if not broker and not backend:
        return None
    if not broker:
        raise StackError(f"To use a Redis that runs already, set {BROKER} too")
    if not backend and not broker.startswith(KEEPS_RESULTS):
        raise StackError(f"The broker of {BROKER} keeps no results; set {BACKEND} to what does")
    return QueueAddresses(broker, backend or broker)


def _refuse_doubles(ports: dict[str, int]) -> None:
    for port in ports.values():
        same = [name for name, value in ports.items() if value == port]
        if len(same) > 1:
            raise StackError(f"{' and '.join(same)} were given the same port {port}")
