"""Keep every prediction with its input before it is answered, and find it again wherever it is."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from random import getrandbits
from typing import Any, TypedDict

import orjson

from journal import Journal, JournalRules
from ml_model.persistence.repository.requests import ServedRequests
from ml_model.service.batch_rows import bring_rows
from ml_model.service.request_groups import group_of, row_of
from servicekit.database import AnySession, transaction

Context = Callable[[], AbstractContextManager[Any]]


class Record(TypedDict, total=False):
    """One predicted row, its keys being columns of `requests`; what is left out is null."""

    request_id: str
    algorithm_id: int
    endpoint_id: int
    purpose: str
    abtest_id: int | None
    subject: str | None
    batch_id: int | None
    shadow_of: str | None
    input_data: Any
    response: Any
    full_response: Any
    error: str | None
    latency_ms: float
    created_at: str


class RequestRecords:
    """Predictions in the journal and in the table behind it.

    Args:
        session: of the dataset database.
        context: in which the session works, for what carries rows beside the requests.
        rules: of the journal.
    """

    def __init__(self, session: AnySession, context: Context, rules: JournalRules) -> None:
        self._session = session
        self._context = context
        self._journal = Journal(rules, self._carry, "request_id")

    def start(self) -> None:
        """Carry rows in this process from now on; call it after the fork."""
        self._journal.start()

    def keep(self, records: Sequence[Record]) -> None:
        """Keep predictions: they outlive every process when this returns.

        Raises:
            JournalFull, JournalRefused
        """
        self._journal.append(*map(_bytes, records))

    def flush(self) -> None:
        """Have every prediction that was kept on this machine in the table."""
        self._journal.flush()

    def bring(self, request_id: str) -> None:
        """Have one prediction in the table, in the caller's transaction, wherever else it is.

        It may be in the journal, a row of a group, or a row of a file that is kept in chunks.
        """
        group = group_of(request_id)
        if group is not None:
            self._bring_row(request_id, *group)
        elif not self._bring_record(request_id):
            bring_rows(self._session, [request_id])

    def _bring_record(self, request_id: str) -> bool:
        waiting = self._journal.find(request_id)
        if waiting is not None:
            ServedRequests(self._session).carry(b"[" + waiting + b"]")
        return waiting is not None

    def _bring_row(self, request_id: str, group_id: str, place: int) -> None:
        """Make a request of its own of one row of a group."""
        self._bring_record(group_id)
        requests = ServedRequests(self._session)
        group = requests.origin(group_id)
        row = None if group is None else row_of(group, place)
        if group is not None and row is not None:
            requests.carry(b"[" + orjson.dumps({**group, **row, "request_id": request_id}) + b"]")

    def _carry(self, rows: bytes) -> None:
        with self._context(), transaction(self._session):
            ServedRequests(self._session).carry(rows)


def _bytes(record: Record) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_SERIALIZE_NUMPY)


def new_request_id() -> str:
    """Return a name that begins with the time, so that new ones stand together in the index."""
    return f"{time.time_ns() // 1_000_000:012x}{getrandbits(80):020x}"
