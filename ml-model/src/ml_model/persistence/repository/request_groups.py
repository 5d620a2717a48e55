"""Groups of rows that were answered together: one request, whose numbers are bytes."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
import psycopg2.errors
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ml_model.persistence.model.base import SCHEMA
from ml_model.persistence.model.served_request import ServedRequest
from ml_model.persistence.repository.requests import ServedRequests
from servicekit.copying import copy_in
from servicekit.database import AnySession
from servicekit.errors import Unavailable

_COLUMNS = (
    "request_id, algorithm_id, endpoint_id, purpose, subject, input_data, latency_ms, created_at, packed"
)
_COPY = f"COPY {SCHEMA}.requests ({_COLUMNS}) FROM STDIN (FORMAT binary)"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_JSONB_VERSION = b"\1"


class CarriedMeanwhile(Unavailable):
    """A group was added by another process since the look whether it is there."""

    def __init__(self) -> None:
        super().__init__("Another process keeps the same predictions at this moment; try again.")


@dataclass(frozen=True)
class NewGroup:
    """A group as it is kept; `shown` stands where a single request has its input."""

    request_id: str
    algorithm_id: int
    endpoint_id: int
    purpose: str
    subject: str | None
    shown: object
    latency_ms: float
    created_at: datetime
    packed: bytes


class RequestGroups:
    """Writes groups by COPY, and reads their numbers."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def add(self, groups: Sequence[NewGroup]) -> None:
        """Add those that are not there yet.

        Raises:
            CarriedMeanwhile: another process added one of them at this moment; the transaction is lost.
            IntegrityError, DataError: one of them can never be added.
        """
        try:
            copy_in(self._session, _COPY, map(_row, self._absent(groups)))
        except IntegrityError as fault:
            if isinstance(fault.orig, psycopg2.errors.UniqueViolation):
                raise CarriedMeanwhile from fault
            raise

    def packed(self, request_id: str) -> bytes | None:
        """Give the numbers of a group; None where the request is none."""
        wanted = select(ServedRequest.packed).where(ServedRequest.request_id == request_id)
        found: bytes | None = self._session.execute(wanted).scalar()
        return found

    def _absent(self, groups: Sequence[NewGroup]) -> list[NewGroup]:
        by_id = {group.request_id: group for group in groups}
        there = ServedRequests(self._session).present(list(by_id))
        return [group for request_id, group in by_id.items() if request_id not in there]


def _row(group: NewGroup) -> bytes:
    values = (
        group.request_id.encode(),
        struct.pack(">q", group.algorithm_id),
        struct.pack(">q", group.endpoint_id),
        group.purpose.encode(),
        None if group.subject is None else group.subject.encode(),
        _JSONB_VERSION + orjson.dumps(group.shown),
        struct.pack(">d", group.latency_ms),
        struct.pack(">q", (group.created_at - _EPOCH) // timedelta(microseconds=1)),
        group.packed,
    )
    fields = (
        b"\xff\xff\xff\xff" if value is None else struct.pack(">i", len(value)) + value for value in values
    )
    return struct.pack(">h", len(values)) + b"".join(fields)
