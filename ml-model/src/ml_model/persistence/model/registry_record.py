"""Endpoints, versions and statuses as repositories give them: plain values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class EndpointRecord:
    """One endpoint, with the number of its versions and the one in production."""

    endpoint_id: int
    name: str
    owner: str
    created_at: datetime
    versions: int
    production_id: int | None
    production: str | None


@dataclass(frozen=True)
class AlgorithmRecord:
    """One version with the status that is active, if any; without its bytes."""

    algorithm_id: int
    endpoint_id: int
    endpoint: str
    name: str
    number: int
    version: str
    description: str
    code: str
    owner: str
    source: dict[str, Any]
    signature: dict[str, Any]
    input_example: dict[str, Any]
    runtime: dict[str, Any]
    model_sha256: str
    compiled_sha256: str | None
    created_at: datetime
    status: str | None

    @property
    def full_name(self) -> str:
        """Name the version as people do."""
        return f"{self.name}:{self.version}"


@dataclass(frozen=True)
class StatusRecord:
    """One entry of the history, with the version that it is about."""

    status_id: int
    algorithm_id: int
    endpoint_id: int
    endpoint: str
    name: str
    version: str
    status: str
    active: bool
    created_by: str
    reason: str
    evidence: dict[str, Any] | None
    created_at: datetime
    ended_at: datetime | None

    @property
    def full_name(self) -> str:
        """Name the version as people do."""
        return f"{self.name}:{self.version}"


@dataclass(frozen=True)
class EndpointFilter:
    """Which endpoints are wanted; None stands for all."""

    name: str | None = None
    owner: str | None = None


@dataclass(frozen=True)
class AlgorithmFilter:
    """Which versions are wanted; None stands for all. `active` tells whether a version has a status."""

    endpoint: str | None = None
    name: str | None = None
    version: str | None = None
    status: str | None = None
    owner: str | None = None
    active: bool | None = None


@dataclass(frozen=True)
class StatusFilter:
    """Which entries are wanted; None stands for all."""

    endpoint: str | None = None
    algorithm_id: int | None = None
    name: str | None = None
    version: str | None = None
    status: str | None = None
    active: bool | None = None
