"""Keep every prediction with its input before it is answered, and find it again wherever it is."""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from random import getrandbits
from typing import Any, TypedDict

import orjson
import pybase64

from journal import Journal, JournalRules
from ml_model.persistence.repository.request_groups import CarriedMeanwhile, NewGroup, RequestGroups
from ml_model.persistence.repository.requests import ServedRequests
from ml_model.service.batch_rows import bring_rows
from ml_model.service.group_rows import bring_group_rows
from ml_model.service.request_groups import Group, group_of, packed, shown
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger

log = get_logger(__name__)

_GROUP = b'{"packed":"'
_ATTEMPTS = 3
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

    def keep_group(self, record: Record, group: Group) -> None:
        """Keep many predictions as one, whose common values the record has.

        Raises:
            JournalFull, JournalRefused
        """
        content = pybase64.b64encode_as_string(packed(group))
        self._journal.append(_bytes({"packed": content, **record, "input_data": shown(group)}))

    def flush(self) -> None:
        """Have every prediction that was kept on this machine in the table."""
        self._journal.flush()

    def bring(self, request_id: str) -> None:
        """Have one prediction in the table, in the caller's transaction, wherever else it is.

        It may be in the journal, a row of a group, or a row of a file that is kept in chunks.
        """
        group = group_of(request_id)
        if not self._bring_record(request_id if group is None else group[0]) or group is not None:
            self.bring_carried([request_id])

    def bring_carried(self, request_ids: Sequence[str]) -> None:
        """Do the same for many, once everything was carried from the journal."""
        bring_rows(self._session, request_ids)
        bring_group_rows(self._session, request_ids)

    def _bring_record(self, request_id: str) -> bool:
        waiting = self._journal.find(request_id)
        if waiting is not None:
            self._add_inside(waiting)
        return waiting is not None

    def _add_inside(self, line: bytes) -> None:
        """Add a row in the caller's transaction, which outlives that another process adds it meanwhile."""
        try:
            with self._session.begin_nested():
                self._add([line])
        except CarriedMeanwhile:
            log.debug("row carried meanwhile")

    def _carry(self, lines: list[bytes]) -> None:
        for _ in range(_ATTEMPTS - 1):
            with contextlib.suppress(CarriedMeanwhile):
                self._carry_once(lines)
                return
        self._carry_once(lines)

    def _carry_once(self, lines: list[bytes]) -> None:
        with self._context(), transaction(self._session):
            self._add(lines)

    def _add(self, lines: Sequence[bytes]) -> None:
        groups = [_group(line) for line in lines if line.startswith(_GROUP)]
        if groups:
            RequestGroups(self._session).add(groups)
        if len(groups) < len(lines):
            ServedRequests(self._session).carry(line for line in lines if not line.startswith(_GROUP))


def _bytes(record: Mapping[str, Any]) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_SERIALIZE_NUMPY)


def _group(line: bytes) -> NewGroup:
    """Read a group's line; what is packed is much of it, and has no quotes."""
    end = line.index(b'"', len(_GROUP))
    record = orjson.loads(b"{" + line[end + len('",') :])
    return NewGroup(
        request_id=record["request_id"],
        algorithm_id=record["algorithm_id"],
        endpoint_id=record["endpoint_id"],
        purpose=record["purpose"],
        subject=record["subject"],
        shown=record["input_data"],
        latency_ms=record["latency_ms"],
        created_at=datetime.fromisoformat(record["created_at"]),
        packed=pybase64.b64decode(memoryview(line)[len(_GROUP) : end], validate=True),
    )


def new_request_id() -> str:
    """Return a name that begins with the time, so that new ones stand together in the index."""
    return f"{time.time_ns() // 1_000_000:012x}{getrandbits(80):020x}"
