"""Batches as their repository gives them: plain values, good beyond the transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class BatchRecord:
    """A batch as it stands in the table."""

    batch_id: int
    algorithm_id: int
    purpose: str
    status: str
    progress_percent: int
    order: dict[str, Any]
    rows_predicted: int
    rows_refused: int
    reason: str | None
    attempts: int
    at_once: bool
    asked_by: str | None
    created_at: datetime
    ended_at: datetime | None
