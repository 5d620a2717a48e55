"""Versions in the shadow."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, select, update

from ml_model.persistence.model.algorithm import Algorithm
from ml_model.persistence.model.endpoint import Endpoint
from ml_model.persistence.model.shadow import Shadow
from ml_model.persistence.model.shadow_record import ShadowRecord
from servicekit.database import AnySession


class Shadows:
    """Adds, finds and ends shadows."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def add(self, endpoint_id: int, algorithm_id: int, share: float, created_by: str) -> int:
        """Put a version into the shadow."""
        values = {"endpoint_id": endpoint_id, "algorithm_id": algorithm_id, "share": share}
        added = insert(Shadow).values(**values, created_by=created_by).returning(Shadow.shadow_id)
        return self._session.execute(added).scalar_one()

    def get(self, shadow_id: int) -> ShadowRecord | None:
        """Find a shadow."""
        row = self._session.execute(_shadows().where(Shadow.shadow_id == shadow_id)).one_or_none()
        return None if row is None else ShadowRecord(*row)

    def running(self, algorithm_id: int) -> ShadowRecord | None:
        """Find the shadow of a version that has not ended."""
        wanted = _shadows().where(Shadow.algorithm_id == algorithm_id, Shadow.ended_at.is_(None))
        row = self._session.execute(wanted).one_or_none()
        return None if row is None else ShadowRecord(*row)

    def listed(
        self, endpoint: str | None, running: bool | None, limit: int, offset: int
    ) -> list[ShadowRecord]:
        """List shadows, the newest first."""
        newest = _shadows().where(*_conditions(endpoint, running)).order_by(Shadow.shadow_id.desc())
        return [ShadowRecord(*row) for row in self._session.execute(newest.limit(limit).offset(offset))]

    def count(self, endpoint: str | None, running: bool | None) -> int:
        """Count shadows."""
        number = (
            select(func.count()).select_from(Shadow).join(Endpoint).where(*_conditions(endpoint, running))
        )
        return self._session.scalar(number) or 0

    def end(self, shadow_id: int) -> None:
        """End a shadow; one that has ended stays as it is."""
        running = update(Shadow).where(Shadow.shadow_id == shadow_id, Shadow.ended_at.is_(None))
        self._session.execute(running.values(ended_at=func.clock_timestamp()))


def _shadows() -> Select[Any]:
    return (
        select(
            Shadow.shadow_id,
            Shadow.endpoint_id,
            Endpoint.name,
            Shadow.algorithm_id,
            Algorithm.name,
            Algorithm.version,
            Shadow.share,
            Shadow.created_by,
            Shadow.created_at,
            Shadow.ended_at,
        )
        .join(Endpoint, Endpoint.endpoint_id == Shadow.endpoint_id)
        .join(Algorithm, Algorithm.algorithm_id == Shadow.algorithm_id)
    )


def _conditions(endpoint: str | None, running: bool | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if endpoint is not None:
        conditions.append(Endpoint.name == endpoint)
    if running is not None:
        conditions.append(Shadow.ended_at.is_(None) if running else Shadow.ended_at.is_not(None))
    return conditions
