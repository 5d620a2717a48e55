"""A number that all processes on this machine see at once."""

import fcntl
import mmap
import os
import struct
from pathlib import Path
from threading import Lock

_FORM = struct.Struct("<Q")


class Generation:
    """Counts changes in a file that every process maps: looking costs no call to the system.

    Args:
        path: of the file; made with its folders when it is first looked at.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._map: mmap.mmap | None = None
        self._lock = Lock()

    def current(self) -> int:
        """Return the number of changes so far."""
        mapped = self._map if self._map is not None else self._open()
        number: int = _FORM.unpack_from(mapped)[0]
        return number

    def advance(self) -> None:
        """Tell every process, this one too, that something changed."""
        mapped = self._map if self._map is not None else self._open()
        with self._lock, self._path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            _FORM.pack_into(mapped, 0, _FORM.unpack_from(mapped)[0] + 1)

    def _open(self) -> mmap.mmap:
        with self._lock:
            if self._map is None:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
                try:
                    _fill(descriptor)
                    self._map = mmap.mmap(descriptor, _FORM.size)
                finally:
                    os.close(descriptor)
            return self._map


def _fill(descriptor: int) -> None:
    """Write the first number: a process that maps a hole is ended when the disk has no room to fill it."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        if os.fstat(descriptor).st_size < _FORM.size:
            os.pwrite(descriptor, _FORM.pack(0), 0)
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)  # said aloud: the mapping keeps the lock otherwise
