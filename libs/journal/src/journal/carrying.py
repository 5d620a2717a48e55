"""Rows that are accepted at the speed of the disk's cache and carried to the database behind it."""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from journal import spool
from journal.spool import Rows, Spool
from servicekit.errors import Unavailable
from servicekit.logs import get_logger

log = get_logger(__name__)

Write = Callable[[list[bytes]], None]

_GROUP = 500
_GROUP_BYTES = 1024 * 1024  # what the driver quotes in one go, while no other thread runs
_AFTER_FAILURE_SECONDS = 1.0
_ABANDONED_SECONDS = 5.0


class JournalFull(Unavailable):
    """More rows wait for the database than may."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} rows wait for the database, which does not take them; try again later.")


class JournalRefused(Unavailable):
    """The disk does not take rows."""

    def __init__(self, fault: OSError) -> None:
        super().__init__(
            f"The disk of the journal takes no rows ({fault.strerror or fault}); try again later."
        )


@dataclass(frozen=True)
class JournalRules:
    """How rows are kept and carried.

    Args:
        directory: of the files; every process of one service uses the same.
        every_seconds: how long rows wait to be carried together.
        most_rows: of one process that may wait while the database is away.
        synced: whether each row is on the disk itself when it was accepted, which costs its sync.
    """

    directory: Path
    every_seconds: float = 0.2
    most_rows: int = 1_000_000
    synced: bool = False


class Journal:
    """Accepts rows for one table, and finds them again wherever they are on this machine.

    A row is a JSON object on one line. It is carried at least once; the table's key makes that once.

    Args:
        rules: where and how.
        write: writes rows in a transaction of its own and leaves alone what is there.
        key: of the objects, under which each has its id.
    """

    def __init__(self, rules: JournalRules, write: Write, key: str) -> None:
        self._rules = rules
        self._write = write
        self._key = key
        self._lock = threading.Lock()
        self._spool: Spool | None = None
        self._wake = threading.Event()
        self._carrying = threading.Lock()
        self._owner = 0

    def start(self) -> None:
        """Begin to carry in this process, what others left behind too; call it after the fork."""
        self._own()

    def append(self, *rows: bytes) -> None:
        """Keep rows: they outlive every process when this returns.

        Raises:
            JournalFull, JournalRefused
        """
        own = self._spool
        if own is None or self._owner != os.getpid():
            own = self._own()
        if len(own) >= self._rules.most_rows:
            raise JournalFull(self._rules.most_rows)
        try:
            own.append(*rows)
        except OSError as fault:
            raise JournalRefused(fault) from fault

    def find(self, row_id: str) -> bytes | None:
        """Find a row that was not carried yet; look here first and in the table after it.

        A row leaves the journal when it is in the table, so one of the two looks sees it.
        """
        mentioned = orjson.dumps(row_id)
        for rows in spool.groups(self._rules.directory):
            for content in rows:
                if mentioned in content and orjson.loads(content).get(self._key) == row_id:
                    return content
        return None

    def waiting(self) -> int:
        """Count this process's rows that were not carried yet."""
        return len(self._spool) if self._spool is not None and self._owner == os.getpid() else 0

    def flush(self) -> None:
        """Have everything in the table that was accepted on this machine before the call.

        Raises whatever the database raises when it is away.
        """
        self._carry_all(self._own())
        for rows in spool.groups(self._rules.directory):
            for part in _parts(rows):
                try:
                    self._write(part)
                except (DataError, IntegrityError) as fault:
                    log.warning("rows left to the process that keeps them", reason=_first_line(fault))

    def _own(self) -> Spool:
        with self._lock:
            if self._spool is None or self._owner != os.getpid():
                self._spool = spool.new_spool(self._rules.directory, synced=self._rules.synced)
                self._owner = os.getpid()
                self._carrying = threading.Lock()
                threading.Thread(target=self._work, name="journal", daemon=True).start()
            return self._spool

    def _work(self) -> None:
        """Carry until the process ends; what the database refuses for now is tried again."""
        own = self._own()
        since_abandoned = _ABANDONED_SECONDS
        away = False
        while True:
            pause = _AFTER_FAILURE_SECONDS if away else self._rules.every_seconds
            self._wake.wait(pause)
            self._wake.clear()
            since_abandoned += pause
            try:
                self._carry_all(own)
                if since_abandoned >= _ABANDONED_SECONDS:
                    since_abandoned = 0.0
                    self._carry_abandoned()
                if away:
                    log.info("journal carried again", directory=str(self._rules.directory))
                away = False
            except Exception as fault:  # noqa: BLE001 - the thread must outlive whatever the database does
                if not away:
                    log.warning("journal waits for the database", reason=_first_line(fault))
                away = True

    def _carry_abandoned(self) -> None:
        for left in spool.abandoned_spools(self._rules.directory):
            if len(left):
                log.info("journal of an ended process", rows=len(left))
            try:
                self._carry_all(left)
            finally:
                left.close()

    def _carry_all(self, source: Spool) -> None:
        """Carry what is there now; rows that come meanwhile wait for others to come with them."""
        with self._carrying:
            until = source.end
            while rows := source.oldest():
                self._carry(source, rows)
                source.drop(rows)
                if rows.end >= until:
                    return

    def _carry(self, source: Spool, rows: Rows) -> None:
        for part in _parts(rows.contents):
            self._carry_part(source, part)

    def _carry_part(self, source: Spool, rows: list[bytes]) -> None:
        try:
            self._write(rows)
        except (DataError, IntegrityError) as fault:
            self._sort_out(source, rows, fault)

    def _sort_out(self, source: Spool, rows: list[bytes], fault: DBAPIError) -> None:
        """Find the rows that the database will never take, so that the others get there."""
        if len(rows) == 1:
            log.error("row refused by the database", reason=_first_line(fault))
            source.refuse(rows[0])
            return
        middle = len(rows) // 2
        for part in (rows[:middle], rows[middle:]):
            self._carry_part(source, part)


def _parts(rows: list[bytes]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for row in rows:
        if part and (len(part) == _GROUP or size + len(row) > _GROUP_BYTES):
            yield part
            part, size = [], 0
        part.append(row)
        size += len(row)
    if part:
        yield part


def _first_line(fault: BaseException) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0]
