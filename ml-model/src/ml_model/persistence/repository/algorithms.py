"""Versions of models behind endpoints."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, select

from ml_model.persistence.model.ab_test import ABTest, ABTestArm
from ml_model.persistence.model.algorithm import Algorithm
from ml_model.persistence.model.algorithm_status import AlgorithmStatus
from ml_model.persistence.model.endpoint import Endpoint
from ml_model.persistence.model.registry_record import AlgorithmFilter, AlgorithmRecord
from servicekit.database import AnySession

_COLUMNS = (
    Algorithm.algorithm_id,
    Algorithm.endpoint_id,
    Endpoint.name,
    Algorithm.name,
    Algorithm.number,
    Algorithm.version,
    Algorithm.description,
    Algorithm.code,
    Algorithm.owner,
    Algorithm.source,
    Algorithm.signature,
    Algorithm.input_example,
    Algorithm.runtime,
    Algorithm.model_sha256,
    Algorithm.compiled_sha256,
    Algorithm.created_at,
    AlgorithmStatus.status,
)


@dataclass(frozen=True)
class NewAlgorithm:
    """A version that is to be added."""

    endpoint_id: int
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


class Algorithms:
    """Adds and finds versions; to add one, hold the endpoint's lock."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def add(self, new: NewAlgorithm) -> int:
        """Add a version and give its id."""
        added = insert(Algorithm).values(vars(new)).returning(Algorithm.algorithm_id)
        return self._session.execute(added).scalar_one()

    def next_number(self, endpoint_id: int, name: str) -> int:
        """Count on from the newest version of a name."""
        wanted = select(func.coalesce(func.max(Algorithm.number), 0) + 1).where(
            Algorithm.endpoint_id == endpoint_id, Algorithm.name == name
        )
        return self._session.execute(wanted).scalar_one()

    def versions_of(self, endpoint_id: int, name: str) -> set[str]:
        """Name the versions of a name that are taken."""
        taken = select(Algorithm.version).where(Algorithm.endpoint_id == endpoint_id, Algorithm.name == name)
        return set(self._session.scalars(taken))

    def get(self, algorithm_id: int) -> AlgorithmRecord | None:
        """Find a version by its id."""
        row = self._session.execute(_versions().where(Algorithm.algorithm_id == algorithm_id)).one_or_none()
        return None if row is None else AlgorithmRecord(*row)

    def with_model(self, endpoint_id: int, name: str, model_sha256: str) -> list[AlgorithmRecord]:
        """List the versions of a name that have these bytes, the newest first."""
        wanted = _versions().where(
            Algorithm.endpoint_id == endpoint_id,
            Algorithm.name == name,
            Algorithm.model_sha256 == model_sha256,
        )
        rows = self._session.execute(wanted.order_by(Algorithm.number.desc()))
        return [AlgorithmRecord(*row) for row in rows]

    def listed(self, wanted: AlgorithmFilter, limit: int, offset: int) -> list[AlgorithmRecord]:
        """List versions, the newest first."""
        rows = _versions().where(*_conditions(wanted)).order_by(Algorithm.algorithm_id.desc())
        return [AlgorithmRecord(*row) for row in self._session.execute(rows.limit(limit).offset(offset))]

    def count(self, wanted: AlgorithmFilter) -> int:
        """Count versions."""
        rows = _joined(select(func.count()).select_from(Algorithm)).where(*_conditions(wanted))
        return int(self._session.execute(rows).scalar_one())

    def running_test(self, endpoint_id: int) -> int | None:
        """Find the A/B test that runs at an endpoint."""
        running = select(ABTest.abtest_id).where(ABTest.endpoint_id == endpoint_id, ABTest.ended_at.is_(None))
        return self._session.scalar(running)

    def running_test_with(self, algorithm_id: int) -> int | None:
        """Find the running A/B test that a version takes part in."""
        running = (
            select(ABTest.abtest_id)
            .join(ABTestArm, ABTestArm.abtest_id == ABTest.abtest_id)
            .where(ABTestArm.algorithm_id == algorithm_id, ABTest.ended_at.is_(None))
        )
        return self._session.scalar(running)


def _versions() -> Select[Any]:
    return _joined(select(*_COLUMNS))


def _joined(wanted: Select[Any]) -> Select[Any]:
    active = (AlgorithmStatus.algorithm_id == Algorithm.algorithm_id) & AlgorithmStatus.active
    with_endpoint = wanted.join(Endpoint, Endpoint.endpoint_id == Algorithm.endpoint_id)
    return with_endpoint.outerjoin(AlgorithmStatus, active)


def _conditions(wanted: AlgorithmFilter) -> list[ColumnElement[bool]]:
    """Give the conditions that hold for them."""
    pairs = (
        (Endpoint.name, wanted.endpoint),
        (Algorithm.name, wanted.name),
        (Algorithm.version, wanted.version),
        (AlgorithmStatus.status, wanted.status),
        (Algorithm.owner, wanted.owner),
    )
    found = [column == value for column, value in pairs if value is not None]
    if wanted.active is not None:
        found.append(AlgorithmStatus.status_id.is_not(None) == wanted.active)
    return found
