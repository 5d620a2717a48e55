"""Endpoints: made when the first version comes, and locked while their versions change."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from ml_model.persistence.model.algorithm import Algorithm
from ml_model.persistence.model.algorithm_status import AlgorithmStatus
from ml_model.persistence.model.endpoint import Endpoint
from ml_model.persistence.model.registry_record import EndpointFilter, EndpointRecord
from servicekit.database import AnySession


class Endpoints:
    """Makes, finds and locks endpoints."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def locked(self, name: str, owner: str) -> int:
        """Give the id of an endpoint, made where there is none; one transaction at a time holds it."""
        new = insert(Endpoint).values(name=name, owner=owner)
        self._session.execute(new.on_conflict_do_nothing(index_elements=["name"]))
        row = select(Endpoint.endpoint_id).where(Endpoint.name == name)
        return self._session.execute(row.with_for_update(key_share=True)).scalar_one()

    def lock(self, endpoint_id: int) -> None:
        """Let one transaction at a time change the endpoint's versions and statuses."""
        row = select(Endpoint.endpoint_id).where(Endpoint.endpoint_id == endpoint_id)
        self._session.execute(row.with_for_update(key_share=True))

    def get(self, endpoint_id: int) -> EndpointRecord | None:
        """Find an endpoint by its id."""
        return self._one(Endpoint.endpoint_id == endpoint_id)

    def named(self, name: str) -> EndpointRecord | None:
        """Find an endpoint by its name."""
        return self._one(Endpoint.name == name)

    def listed(self, wanted: EndpointFilter, limit: int, offset: int) -> list[EndpointRecord]:
        """List endpoints by name."""
        rows = _endpoints().where(*_conditions(wanted)).order_by(Endpoint.name)
        return [EndpointRecord(*row) for row in self._session.execute(rows.limit(limit).offset(offset))]

    def count(self, wanted: EndpointFilter) -> int:
        """Count endpoints."""
        counted = select(func.count()).select_from(Endpoint).where(*_conditions(wanted))
        return self._session.execute(counted).scalar_one()

    def _one(self, condition: ColumnElement[bool]) -> EndpointRecord | None:
        row = self._session.execute(_endpoints().where(condition)).one_or_none()
        return None if row is None else EndpointRecord(*row)


def _endpoints() -> Select[Any]:
    each = aliased(Algorithm)
    counted = select(func.count()).select_from(each).where(each.endpoint_id == Endpoint.endpoint_id)
    versions = counted.correlate(Endpoint).scalar_subquery()
    in_production = (
        (AlgorithmStatus.endpoint_id == Endpoint.endpoint_id)
        & AlgorithmStatus.active
        & (AlgorithmStatus.status == "production")
    )
    return (
        select(
            Endpoint.endpoint_id,
            Endpoint.name,
            Endpoint.owner,
            Endpoint.created_at,
            versions,
            Algorithm.algorithm_id,
            Algorithm.name + ":" + Algorithm.version,
        )
        .outerjoin(AlgorithmStatus, in_production)
        .outerjoin(Algorithm, Algorithm.algorithm_id == AlgorithmStatus.algorithm_id)
    )


def _conditions(wanted: EndpointFilter) -> list[ColumnElement[bool]]:
    """Give the conditions that hold for them."""
    pairs = ((Endpoint.name, wanted.name), (Endpoint.owner, wanted.owner))
    return [column == value for column, value in pairs if value is not None]
