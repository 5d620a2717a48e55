"""Predictions that were answered, and what turned out to be true."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, Table, func, select, update

from journal import insert_statement, json_array
from ml_model.persistence.model.algorithm import Algorithm
from ml_model.persistence.model.base import SCHEMA
from ml_model.persistence.model.endpoint import Endpoint
from ml_model.persistence.model.request_record import RequestFilter, RequestRecord
from ml_model.persistence.model.served_request import ServedRequest
from servicekit.database import AnySession

_CARRIED = (
    "request_id",
    "algorithm_id",
    "endpoint_id",
    "purpose",
    "abtest_id",
    "subject",
    "batch_id",
    "shadow_of",
    "input_data",
    "response",
    "full_response",
    "error",
    "latency_ms",
    "created_at",
)
_CARRY = insert_statement(cast("Table", ServedRequest.__table__), _CARRIED)
_PRESENT = f"SELECT request_id FROM {SCHEMA}.requests WHERE request_id = ANY(%(ids)s)"  # noqa: S608 - our own


class ServedRequests:
    """Adds predictions, finds them, and keeps their feedback."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def carry(self, rows: Iterable[bytes]) -> None:
        """Add predictions given as JSON objects; those that are there are left alone."""
        self._session.connection().exec_driver_sql(_CARRY, {"rows": json_array(rows)})

    def get(self, request_id: str) -> RequestRecord | None:
        """Find a prediction."""
        row = self._session.execute(_RECORDS.where(ServedRequest.request_id == request_id)).one_or_none()
        return None if row is None else RequestRecord(*row)

    def present(self, request_ids: Sequence[str]) -> set[str]:
        """Tell which of the requests stand in the table."""
        found = self._session.connection().exec_driver_sql(_PRESENT, {"ids": list(request_ids)})
        return set(found.scalars())

    def origin(self, request_id: str) -> dict[str, Any] | None:
        """Give a prediction as `carry` takes it."""
        columns = [getattr(ServedRequest, name) for name in _CARRIED]
        found = self._session.execute(select(*columns).where(ServedRequest.request_id == request_id))
        row = found.one_or_none()
        return None if row is None else dict(row._mapping)

    def page(self, wanted: RequestFilter, limit: int, offset: int) -> list[RequestRecord]:
        """List predictions, the newest first."""
        found = _filtered(_RECORDS, wanted).order_by(
            ServedRequest.created_at.desc(), ServedRequest.request_id.desc()
        )
        return [RequestRecord(*row) for row in self._session.execute(found.limit(limit).offset(offset))]

    def count(self, wanted: RequestFilter) -> int:
        """Count predictions."""
        counted = select(func.count()).select_from(ServedRequest)
        counted = counted.join(Endpoint, Endpoint.endpoint_id == ServedRequest.endpoint_id)
        return self._session.scalar(_filtered(counted, wanted)) or 0

    def locked_feedback(self, request_id: str) -> tuple[Any, datetime | None] | None:
        """Give a prediction's feedback and when it came, held until the transaction ends."""
        wanted = select(ServedRequest.feedback, ServedRequest.feedback_at)
        row = self._session.execute(
            wanted.where(ServedRequest.request_id == request_id).with_for_update()
        ).one_or_none()
        return None if row is None else (row[0], row[1])

    def give_feedback(self, request_id: str, feedback: Any) -> None:
        """Keep what turned out to be true, for the copies in the shadow too."""
        same = (ServedRequest.request_id == request_id) | (ServedRequest.shadow_of == request_id)
        self._session.execute(
            update(ServedRequest).where(same).values(feedback=feedback, feedback_at=func.now())
        )


_RECORDS = (
    select(
        ServedRequest.request_id,
        Endpoint.name,
        ServedRequest.algorithm_id,
        Algorithm.name,
        Algorithm.version,
        ServedRequest.purpose,
        ServedRequest.abtest_id,
        ServedRequest.subject,
        ServedRequest.batch_id,
        ServedRequest.shadow_of,
        ServedRequest.input_data,
        ServedRequest.response,
        ServedRequest.full_response,
        ServedRequest.error,
        ServedRequest.latency_ms,
        ServedRequest.created_at,
        ServedRequest.feedback,
        ServedRequest.feedback_at,
    )
    .join(Algorithm, Algorithm.algorithm_id == ServedRequest.algorithm_id)
    .join(Endpoint, Endpoint.endpoint_id == ServedRequest.endpoint_id)
)


def _filtered(query: Select[Any], wanted: RequestFilter) -> Select[Any]:
    equal = (
        (Endpoint.name, wanted.endpoint),
        (ServedRequest.algorithm_id, wanted.algorithm_id),
        (ServedRequest.abtest_id, wanted.abtest_id),
        (ServedRequest.batch_id, wanted.batch_id),
        (ServedRequest.purpose, wanted.purpose),
    )
    for column, value in equal:
        if value is not None:
            query = query.where(column == value)
    if wanted.with_feedback is not None:
        has = ServedRequest.feedback_at.is_not(None)
        query = query.where(has if wanted.with_feedback else ~has)
    return query
