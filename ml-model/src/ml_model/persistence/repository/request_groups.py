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

_COLUMNS = (
    "request_id, algorithm_id, endpoint_id, purpose, subject, input_data, latency_ms, created_at, packed"
)
_COPY = f"COPY {SCHEMA}.requests ({_COLUMNS}) FROM STDIN (FORMAT binary)"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_JSONB_VERSION = b"\1"
_ATTEMPTS = 3


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
            IntegrityError, DataError: one of them can never be added.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            absent = self._absent(groups)
            try:
                with self._session.begin_nested():
                    copy_in(self._session, _COPY, map(_row, absent))
            except IntegrityError as fault:
                # Somebody else carried one of them at the same time; the next look sees it.
                if attempt == _ATTEMPTS or not isinstance(fault.orig, psycopg2.errors.UniqueViolation):
                    raise
            else:
                return

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
