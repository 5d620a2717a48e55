"""A/B tests and their arms as repositories give them: plain values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class ArmRecord:
    """One arm, in the order in which they were given."""

    abtest_id: int
    algorithm_id: int
    position: int
    share: float
    name: str
    version: str

    @property
    def full_name(self) -> str:
        """Name the arm's version as people do."""
        return f"{self.name}:{self.version}"


@dataclass(frozen=True)
class ArmSums:
    """What came of one arm's requests.

    `alone` are those without a subject. `subject_sums` are, of the others: subjects with feedback, requests
    with feedback, right ones, and the sums over subjects of labelled squared, labelled times right and right
    squared.
    """

    requests: int
    errors: int
    alone: int
    alone_labelled: int
    alone_correct: int
    subjects: int
    subject_sums: tuple[int, ...]
    p50_ms: float | None
    p99_ms: float | None


@dataclass(frozen=True)
class ABTestRecord:
    """One test without its arms."""

    abtest_id: int
    endpoint_id: int
    endpoint: str
    title: str
    created_by: str
    created_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    rules: dict[str, Any]
    before: dict[str, Any]
    summary: str | None
    report: dict[str, Any] | None


@dataclass(frozen=True)
class ABTestFilter:
    """Which tests are wanted; None means any."""

    endpoint: str | None = None
    created_by: str | None = None
    mlalgorithm: int | None = None
    running: bool | None = None
