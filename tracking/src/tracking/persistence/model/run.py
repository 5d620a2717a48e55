"""A run."""

from dataclasses import dataclass, field

FINISHED = "FINISHED"
RUNNING = "RUNNING"
OPTIMIZATION_TAG = "optimization_id"


@dataclass(frozen=True)
class RunRecord:
    """A run; times in milliseconds since 1970; tags without MLflow's own."""

    run_id: str
    experiment_id: str
    name: str | None
    status: str
    start_time: int | None
    end_time: int | None
    tags: dict[str, str | None] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class RunCounts:
    """How many active runs of an experiment have each status, and when; milliseconds since 1970."""

    by_status: dict[str, int]
    first_started: int | None
    first_finished: int | None
    last_finished: int | None
