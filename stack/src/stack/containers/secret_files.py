"""The secrets of the containers: a folder with one file for each, made where they are missing."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from stack.roles import ROLES, database_of

# Token characters need no quoting, neither in an address nor in a configuration file.
TOKEN_BYTES = 24


def make_secrets(directory: Path) -> list[str]:
    """Make the files that are missing, and return their names; what is there stays.

    The containers' programs are not the files' owner, so everybody may read a file, but only the owner may
    enter the folder.
    """
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    made = []
    for name, value in _values():
        path = directory / name
        if not path.exists():
            _write(path, value)
            made.append(name)
    return made


def _values() -> Iterator[tuple[str, str]]:
    yield "postgres_password", _token()
    for role in ROLES:
        yield f"{role}_database_url", f"postgresql://{role}:{_token()}@postgres:5432/{database_of(role)}"
    yield "queue_url", f"redis://:{_token()}@redis-queue:6379/0"
    yield "cache_url", f"redis://:{_token()}@redis-cache:6379/0"
    yield "grafana_password", _token()


def _token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def _write(path: Path, value: str) -> None:
    half = path.with_name(f".{path.name}")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(value + "\n")
        file.flush()
        os.fsync(file.fileno())
    half.chmod(0o444)
    half.rename(path)
