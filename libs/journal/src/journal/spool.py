"""One process's file of rows: a JSON object on each line, appended by one write each.

What was written stands with the system and outlives the end of the process by any signal. A line without its
end was cut by such an end before anybody was told that it is kept: it is no row.
"""

import fcntl
import os
import secrets
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import NamedTuple

ROWS, LOCK, CARRIED, REFUSED, NEW = ".jsonl", ".lock", ".carried", ".refused", ".new"
_PLACE = struct.Struct("<Q")
_PIECE_BYTES = 4 * 1024 * 1024
_NEW_FROM_BYTES = 8 * 1024 * 1024
_END = b"\n"


class Rows(NamedTuple):
    """Rows that follow each other in a file, and the place behind them."""

    contents: list[bytes]
    end: int


class Backlog(NamedTuple):
    """What one process's file keeps that was not carried yet, and when something was carried last."""

    waiting_bytes: int
    carried_at: float


class Spool:
    """A file that one process writes and others may read.

    Whoever holds the lock of the file beside it owns it; the system lets go of a lock when its process ends.

    Args:
        path: of the lock file; the rows are beside it.
        descriptor: of the lock file, locked.
        synced: whether a row is on the disk, not only with the system, when `append` returns.
    """

    def __init__(self, path: Path, descriptor: int, *, synced: bool = False) -> None:
        self.path = path
        self._descriptor = descriptor
        self._synced = synced
        self._lock = Lock()
        flags = os.O_RDWR | os.O_CREAT
        self._rows = os.open(path.with_suffix(ROWS), flags | os.O_APPEND, 0o600)
        self._mark = os.open(path.with_suffix(CARRIED), flags, 0o600)
        self._carried = _place(self._mark)
        self._end = os.fstat(self._rows).st_size
        self._count = sum(len(rows.contents) for rows in self._after(self._carried))

    def __len__(self) -> int:
        return self._count

    @property
    def end(self) -> int:
        """Return the place behind the newest row."""
        return self._end

    def append(self, *rows: bytes) -> None:
        """Keep rows; they outlive this process when this returns.

        Raises:
            OSError: the disk does not take them; none is kept.
            ValueError: a row has a line break.
        """
        if any(_END in row for row in rows):
            raise ValueError("a row must be one line")
        text = _END.join((*rows, b""))
        with self._lock:
            try:
                written = os.write(self._rows, text)
                if written < len(text):
                    raise OSError(f"the disk took {written} of {len(text)} bytes")
                if self._synced:
                    os.fdatasync(self._rows)
            except OSError:
                os.ftruncate(self._rows, self._end)
                raise
            self._end += len(text)
            self._count += len(rows)

    def oldest(self) -> Rows | None:
        """Read some of the rows that were kept first."""
        return next(self._after(self._carried), None)

    def drop(self, rows: Rows) -> None:
        """Forget rows that are kept elsewhere now."""
        with self._lock:
            self._carried = rows.end
            self._count -= len(rows.contents)
            if self._carried == self._end >= _NEW_FROM_BYTES:
                self._begin_anew()
            else:
                os.pwrite(self._mark, _PLACE.pack(self._carried), 0)

    def refuse(self, content: bytes) -> None:
        """Put a row aside that the database will never take."""
        with self.path.with_suffix(REFUSED).open("ab") as file:
            file.write(content + _END)

    def close(self) -> None:
        """Close the file and remove it when every row of it was carried."""
        with self._lock:
            os.close(self._rows)
            os.close(self._mark)
            if self._count == 0:
                self.path.with_suffix(ROWS).unlink(missing_ok=True)
                self.path.with_suffix(CARRIED).unlink(missing_ok=True)
                self.path.unlink(missing_ok=True)
            os.close(self._descriptor)

    def _begin_anew(self) -> None:
        """Take an empty file; who reads the old one goes on, with a mark that lets nothing be missed."""
        fresh = self.path.with_suffix(NEW)
        descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        os.pwrite(self._mark, _PLACE.pack(0), 0)
        fresh.replace(self.path.with_suffix(ROWS))
        os.close(self._rows)
        self._rows = descriptor
        self._carried = self._end = 0

    def _after(self, place: int) -> Iterator[Rows]:
        return _rows(self._rows, place, self._end)  # what is being written may still be refused


def new_spool(directory: Path, *, synced: bool = False) -> Spool:
    """Make a file of this process's own."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        path = directory / f"{os.getpid()}-{secrets.token_hex(4)}{LOCK}"
        descriptor = _locked(path)
        if descriptor is not None:
            return Spool(path, descriptor, synced=synced)


def abandoned_spools(directory: Path) -> Iterator[Spool]:
    """Take over the files of processes that have ended."""
    for path in sorted(directory.glob(f"*{LOCK}")):
        descriptor = _locked(path, create=False)
        if descriptor is not None:
            yield Spool(path, descriptor)


def groups(directory: Path) -> Iterator[list[bytes]]:
    """Read what all processes keep and did not carry yet, in groups of one file's rows."""
    for path in directory.glob(f"*{ROWS}"):
        try:
            rows = os.open(path, os.O_RDONLY)
        except FileNotFoundError:  # it was carried meanwhile
            continue
        try:
            for found in _rows(rows, _carried(path)):
                yield found.contents
        finally:
            os.close(rows)


def backlog(directory: Path) -> Iterator[Backlog]:
    """Tell what waits in each process's file, without reading a row."""
    for path in directory.glob(f"*{ROWS}"):
        try:
            kept, mark = path.stat(), path.with_suffix(CARRIED).stat()
        except FileNotFoundError:  # it was carried meanwhile
            continue
        yield Backlog(max(0, kept.st_size - _carried(path)), mark.st_mtime)


def _carried(path: Path) -> int:
    try:
        mark = os.open(path.with_suffix(CARRIED), os.O_RDONLY)
    except FileNotFoundError:
        return 0
    try:
        return _place(mark)
    finally:
        os.close(mark)


def _place(descriptor: int) -> int:
    stored = os.pread(descriptor, _PLACE.size, 0)
    return int(_PLACE.unpack(stored)[0]) if len(stored) == _PLACE.size else 0


def _rows(descriptor: int, place: int, limit: int = sys.maxsize) -> Iterator[Rows]:
    """Read whole lines from a place on, some at a time, and none behind the limit."""
    size = _PIECE_BYTES
    while piece := os.pread(descriptor, min(size, limit - place), place):
        end = piece.rfind(_END) + 1
        if not end:
            if len(piece) < size:
                return
            size *= 2  # one row is longer than a piece
            continue
        place += end
        yield Rows(piece[: end - 1].split(_END), place)
        size = _PIECE_BYTES


def _locked(path: Path, *, create: bool = True) -> int | None:
    """Lock a file that is still the one of that name; None where another process has it."""
    try:
        descriptor = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_ino == path.stat().st_ino:
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(descriptor)
    return None
