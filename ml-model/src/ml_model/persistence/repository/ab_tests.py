"""A/B tests and their arms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, select, update

from ml_model.persistence.model.ab_test import ABTest, ABTestArm
from ml_model.persistence.model.ab_test_record import ABTestFilter, ABTestRecord, ArmRecord
from ml_model.persistence.model.algorithm import Algorithm
from ml_model.persistence.model.endpoint import Endpoint
from servicekit.database import AnySession


@dataclass(frozen=True)
class NewABTest:
    """A test that is to begin; `shares` are of its versions in the order of the arms."""

    endpoint_id: int
    title: str
    created_by: str
    rules: dict[str, Any]
    before: dict[str, Any]
    shares: dict[int, float]


class ABTests:
    """Adds, finds and ends tests."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def add(self, new: NewABTest) -> int:
        """Begin a test."""
        values = {name: value for name, value in vars(new).items() if name != "shares"}
        added = insert(ABTest).values(values).returning(ABTest.abtest_id)
        abtest_id = self._session.execute(added).scalar_one()
        arms = [
            {"abtest_id": abtest_id, "algorithm_id": algorithm_id, "position": position, "share": share}
            for position, (algorithm_id, share) in enumerate(new.shares.items())
        ]
        self._session.execute(insert(ABTestArm), arms)
        return abtest_id

    def get(self, abtest_id: int) -> ABTestRecord | None:
        """Find a test."""
        row = self._session.execute(_tests().where(ABTest.abtest_id == abtest_id)).one_or_none()
        return None if row is None else ABTestRecord(*row)

    def running(self, endpoint_id: int) -> int | None:
        """Find the endpoint's test that has not ended."""
        wanted = select(ABTest.abtest_id).where(ABTest.endpoint_id == endpoint_id, ABTest.ended_at.is_(None))
        return self._session.scalar(wanted)

    def listed(self, wanted: ABTestFilter, limit: int, offset: int) -> list[ABTestRecord]:
        """List tests, the newest first."""
        newest = _tests().where(*_conditions(wanted)).order_by(ABTest.abtest_id.desc())
        return [ABTestRecord(*row) for row in self._session.execute(newest.limit(limit).offset(offset))]

    def count(self, wanted: ABTestFilter) -> int:
        """Count tests."""
        number = select(func.count()).select_from(ABTest).join(Endpoint).where(*_conditions(wanted))
        return self._session.scalar(number) or 0

    def arms(self, abtest_ids: Sequence[int]) -> dict[int, list[ArmRecord]]:
        """List the arms of tests, the control first."""
        wanted = (
            select(
                ABTestArm.abtest_id,
                ABTestArm.algorithm_id,
                ABTestArm.position,
                ABTestArm.share,
                Algorithm.name,
                Algorithm.version,
            )
            .join(Algorithm, Algorithm.algorithm_id == ABTestArm.algorithm_id)
            .where(ABTestArm.abtest_id.in_(abtest_ids))
            .order_by(ABTestArm.abtest_id, ABTestArm.position)
        )
        found: dict[int, list[ArmRecord]] = {abtest_id: [] for abtest_id in abtest_ids}
        for row in self._session.execute(wanted):
            found[row[0]].append(ArmRecord(*row))
        return found

    def end(self, abtest_id: int, ended_by: str, summary: str, report: dict[str, Any]) -> None:
        """End a test with what came of it."""
        values = {"ended_by": ended_by, "summary": summary, "report": report}
        ended = update(ABTest).where(ABTest.abtest_id == abtest_id)
        self._session.execute(ended.values(ended_at=func.clock_timestamp(), **values))


def _tests() -> Select[Any]:
    return select(
        ABTest.abtest_id,
        ABTest.endpoint_id,
        Endpoint.name,
        ABTest.title,
        ABTest.created_by,
        ABTest.created_at,
        ABTest.ended_at,
        ABTest.ended_by,
        ABTest.rules,
        ABTest.before,
        ABTest.summary,
        ABTest.report,
    ).join(Endpoint, Endpoint.endpoint_id == ABTest.endpoint_id)


def _conditions(wanted: ABTestFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.endpoint is not None:
        conditions.append(Endpoint.name == wanted.endpoint)
    if wanted.created_by is not None:
        conditions.append(ABTest.created_by == wanted.created_by)
    if wanted.mlalgorithm is not None:
        arms = select(ABTestArm.abtest_id).where(ABTestArm.algorithm_id == wanted.mlalgorithm)
        conditions.append(ABTest.abtest_id.in_(arms))
    if wanted.running is not None:
        conditions.append(ABTest.ended_at.is_(None) if wanted.running else ABTest.ended_at.is_not(None))
    return conditions
