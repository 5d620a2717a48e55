"""Versions in the shadow and what is counted of them, as repositories give them: plain values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class ShadowRecord:
    """One version in the shadow of its endpoint."""

    shadow_id: int
    endpoint_id: int
    endpoint: str
    algorithm_id: int
    name: str
    version: str
    share: float
    created_by: str
    created_at: datetime
    ended_at: datetime | None

    @property
    def full_name(self) -> str:
        """Name the version as people do."""
        return f"{self.name}:{self.version}"


@dataclass(frozen=True)
class PairSums:
    """What came of pairs of answer and copy; latencies are in milliseconds, None without pairs.

    `failed` are copies that the shadow could not answer; `labelled` are pairs whose true label is known.
    """

    pairs: int
    failed: int
    agreed: int
    labelled: int
    answered_correct: int
    shadow_correct: int
    answered_ms: tuple[float, float] | None
    shadow_ms: tuple[float, float] | None


@dataclass(frozen=True)
class Disagreement:
    """How often one label was answered where the shadow said another."""

    answered: Any
    shadow: Any
    pairs: int
    labelled: int
    answered_correct: int
    shadow_correct: int


@dataclass(frozen=True)
class AnsweringVersion:
    """One of the versions that answered, and how often the shadow agreed."""

    algorithm_id: int
    name: str
    version: str
    pairs: int
    agreed: int
