"""An experiment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ExperimentCount:
    """An experiment and how many active runs it has."""

    experiment_id: str
    name: str
    lifecycle_stage: str
    run_count: int


@dataclass(frozen=True)
class ExperimentRecord:
    """An experiment; times in milliseconds since 1970; tags without MLflow's own."""

    experiment_id: str
    name: str
    artifact_location: str | None
    lifecycle_stage: str
    creation_time: int | None
    last_update_time: int | None
    tags: dict[str, str | None]
