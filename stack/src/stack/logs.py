"""Read the logs of the programs."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from stack.home import Home

POLL_SECONDS = 0.3
TAIL_BYTES = 200_000


def tail(path: Path, lines: int = 15) -> str:
    """Return the last lines of a file, or nothing when it is not there."""
    try:
        with path.open("rb") as handle:
            size = handle.seek(0, 2)
            handle.seek(max(0, size - TAIL_BYTES))
            text = handle.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def names(home: Home) -> list[str]:
    """Return the programs that have a log, sorted."""
    return sorted(path.stem for path in home.logs.glob("*.log") if path.stat().st_size)


def follow(paths: dict[str, Path], say: Callable[[str, str], None]) -> None:
    """Say each new line of each file, with its name, until interrupted; rotation is noticed."""
    readers = {name: _new_lines(path) for name, path in paths.items()}
    while True:
        for name, reader in readers.items():
            for line in next(reader):
                say(name, line)
        time.sleep(POLL_SECONDS)


def _new_lines(path: Path) -> Iterator[list[str]]:
    """Give at each step the complete lines that were added since the step before."""
    inode, position, rest = _where(path)[0], _where(path)[1], b""
    while True:
        now, size = _where(path)
        if now != inode or size < position:
            inode, position, rest = now, 0, b""
        if size > position:
            with path.open("rb") as handle:
                handle.seek(position)
                read = handle.read()
            position += len(read)
            *complete, rest = (rest + read).split(b"\n")
            yield [line.decode(errors="replace") for line in complete]
        else:
            yield []


def _where(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return 0, 0
    return stat.st_ino, stat.st_size
