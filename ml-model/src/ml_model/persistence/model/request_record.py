"""Predictions as their repository gives them, and which of them are wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class RequestRecord:
    """One answered prediction."""

    request_id: str
    endpoint: str
    algorithm_id: int
    algorithm: str
    version: str
    purpose: str
    abtest_id: int | None
    subject: str | None
    batch_id: int | None
    shadow_of: str | None
    input_data: Any
    response: Any
    full_response: Mapping[str, Any] | None
    error: str | None
    latency_ms: float
    created_at: datetime
    feedback: Any
    feedback_at: datetime | None


@dataclass(frozen=True)
class RequestFilter:
    """Which predictions are wanted; None means any."""

    endpoint: str | None = None
    algorithm_id: int | None = None
    abtest_id: int | None = None
    batch_id: int | None = None
    purpose: str | None = None
    with_feedback: bool | None = None
