"""The history of statuses: entries are ended and appended, never changed otherwise."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, select, update

from ml_model.persistence.model.algorithm import Algorithm
from ml_model.persistence.model.algorithm_status import AlgorithmStatus
from ml_model.persistence.model.endpoint import Endpoint
from ml_model.persistence.model.registry_record import StatusFilter, StatusRecord
from servicekit.database import AnySession

PRODUCTION = "production"

_COLUMNS = (
    AlgorithmStatus.status_id,
    AlgorithmStatus.algorithm_id,
    AlgorithmStatus.endpoint_id,
    Endpoint.name,
    Algorithm.name,
    Algorithm.version,
    AlgorithmStatus.status,
    AlgorithmStatus.active,
    AlgorithmStatus.created_by,
    AlgorithmStatus.reason,
    AlgorithmStatus.evidence,
    AlgorithmStatus.created_at,
    AlgorithmStatus.ended_at,
)


@dataclass(frozen=True)
class NewStatus:
    """An entry that is to be appended."""

    algorithm_id: int
    endpoint_id: int
    status: str
    created_by: str
    reason: str
    evidence: dict[str, Any] | None = None


class AlgorithmStatuses:
    """Appends and finds entries; to append one, hold the endpoint's lock."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def put(self, new: NewStatus) -> int:
        """End the version's active entry, append another, and give its id."""
        active = update(AlgorithmStatus).where(
            AlgorithmStatus.algorithm_id == new.algorithm_id, AlgorithmStatus.active
        )
        self._session.execute(active.values(active=False, ended_at=func.clock_timestamp()))
        added = insert(AlgorithmStatus).values(vars(new)).returning(AlgorithmStatus.status_id)
        return self._session.execute(added).scalar_one()

    def get(self, status_id: int) -> StatusRecord | None:
        """Find an entry by its id."""
        row = self._session.execute(_entries().where(AlgorithmStatus.status_id == status_id)).one_or_none()
        return None if row is None else StatusRecord(*row)

    def active(self, algorithm_id: int) -> StatusRecord | None:
        """Find a version's active entry."""
        wanted = _entries().where(AlgorithmStatus.algorithm_id == algorithm_id, AlgorithmStatus.active)
        row = self._session.execute(wanted).one_or_none()
        return None if row is None else StatusRecord(*row)

    def production(self, endpoint_id: int) -> list[StatusRecord]:
        """List the entries that put a version of an endpoint in production, the oldest first."""
        wanted = _entries().where(
            AlgorithmStatus.endpoint_id == endpoint_id, AlgorithmStatus.status == PRODUCTION
        )
        rows = self._session.execute(wanted.order_by(AlgorithmStatus.status_id))
        return [StatusRecord(*row) for row in rows]

    def in_production(self, endpoint_id: int) -> StatusRecord | None:
        """Find the active entry of the endpoint's version in production."""
        wanted = _entries().where(
            AlgorithmStatus.endpoint_id == endpoint_id,
            AlgorithmStatus.status == PRODUCTION,
            AlgorithmStatus.active,
        )
        row = self._session.execute(wanted).one_or_none()
        return None if row is None else StatusRecord(*row)

    def listed(self, wanted: StatusFilter, limit: int, offset: int) -> list[StatusRecord]:
        """List entries, the newest first."""
        rows = _entries().where(*_conditions(wanted)).order_by(AlgorithmStatus.status_id.desc())
        return [StatusRecord(*row) for row in self._session.execute(rows.limit(limit).offset(offset))]

    def count(self, wanted: StatusFilter) -> int:
        """Count entries."""
        rows = _joined(select(func.count()).select_from(AlgorithmStatus)).where(*_conditions(wanted))
        return int(self._session.execute(rows).scalar_one())


def _entries() -> Select[Any]:
    return _joined(select(*_COLUMNS))


def _joined(wanted: Select[Any]) -> Select[Any]:
    with_version = wanted.join(Algorithm, Algorithm.algorithm_id == AlgorithmStatus.algorithm_id)
    return with_version.join(Endpoint, Endpoint.endpoint_id == AlgorithmStatus.endpoint_id)


def _conditions(wanted: StatusFilter) -> list[ColumnElement[bool]]:
    """Give the conditions that hold for them."""
    pairs = (
        (Endpoint.name, wanted.endpoint),
        (AlgorithmStatus.algorithm_id, wanted.algorithm_id),
        (Algorithm.name, wanted.name),
        (Algorithm.version, wanted.version),
        (AlgorithmStatus.status, wanted.status),
        (AlgorithmStatus.active, wanted.active),
    )
    return [column == value for column, value in pairs if value is not None]
