"""Statuses of several versions that change together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, update

from ml_model.persistence.model.algorithm_status import AlgorithmStatus
from servicekit.database import AnySession


@dataclass(frozen=True)
class StatusChange:
    """Who changes statuses and why, with the evidence."""

    created_by: str
    reason: str
    evidence: dict[str, Any] | None = None


class ArmStatuses:
    """Ends entries of the history and appends others; hold the endpoint's lock."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def put(self, endpoint_id: int, statuses: Mapping[int, str | None], change: StatusChange) -> None:
        """Give versions these statuses from now on; None leaves a version without one."""
        active = update(AlgorithmStatus).where(
            AlgorithmStatus.algorithm_id.in_(statuses), AlgorithmStatus.active
        )
        self._session.execute(active.values(active=False, ended_at=func.clock_timestamp()))
        rows = [
            {"algorithm_id": algorithm_id, "endpoint_id": endpoint_id, "status": status, **vars(change)}
            for algorithm_id, status in statuses.items()
            if status is not None
        ]
        if rows:
            self._session.execute(insert(AlgorithmStatus), rows)
