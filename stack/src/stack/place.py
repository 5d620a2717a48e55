"""Where the embedded servers keep their data, and as whom they run."""

import hashlib
import os
import time
from pathlib import Path

from stack.accounts import Account, can, postgres_account, redis_account
from stack.binaries import package, usable
from stack.cluster import Cluster
from stack.credentials import Credentials
from stack.errors import StackError
from stack.files import open_directory
from stack.home import Home
from stack.redis_binary import find_redis
from stack.redis_server import DATA, RedisServer

SYSTEM_DIRECTORY = Path("/var/lib/mlops-microservices")
OWNER = "owner"


def cluster_of(home: Home, credentials: Credentials) -> Cluster:
    """Return this home's PostgreSQL.

    Its data is in the home whenever PostgreSQL's account can reach the home. A home that is closed to it
    (below a directory of mode 0700, say) keeps its mode, and the data lives in a directory of the system.
    """
    account = postgres_account()
    directory = _directory(home, account, credentials, home.postgres, _elsewhere(home))
    return Cluster(directory, usable(account, directory, package()), account)


def redis_of(home: Home, credentials: Credentials, port: int) -> RedisServer:
    """Return this home's Redis; its data lives where PostgreSQL's account would keep its own.

    Raises StackError when there is no server program that the account can run.
    """
    account = redis_account()
    directory = _directory(home, account, credentials, home.redis, _elsewhere(home) / "redis")
    return RedisServer(directory, find_redis(account, directory), account, port, credentials.redis)


def existing_directory(home: Home) -> Path | None:
    """Return a directory in which a server of this home keeps its data, if there is any yet."""
    for directory in (home.postgres, home.redis, _elsewhere(home), _elsewhere(home) / "redis"):
        if os.path.lexists(directory / "data"):
            return directory
    return None


def _directory(
    home: Home, account: Account | None, credentials: Credentials, inside: Path, outside: Path
) -> Path:
    """Return the one of the two directories that the account can reach and that holds what there is."""
    if account is None:
        return open_directory(inside)
    elsewhere = _elsewhere(home)
    _set_aside_unless_owned(elsewhere, credentials)
    if can(account, "-x", home.root) and not (outside / DATA).exists():
        return open_directory(inside)
    if (inside / DATA).exists():
        raise StackError(
            f"There is data in {inside}, which its account '{account.name}' can no longer "
            "reach. Let others pass through the directories above it again (chmod o+x)."
        )
    open_directory(SYSTEM_DIRECTORY)
    open_directory(elsewhere)
    (elsewhere / OWNER).write_text(_fingerprint(credentials))
    return open_directory(outside)


def _elsewhere(home: Home) -> Path:
    return SYSTEM_DIRECTORY / home.short_hash


def _set_aside_unless_owned(directory: Path, credentials: Credentials) -> None:
    """Keep a deleted home's data from turning up in a new home of the same path, without its artifacts."""
    owner = directory / OWNER
    if not directory.exists() or (owner.exists() and owner.read_text() == _fingerprint(credentials)):
        return
    directory.rename(directory.with_name(f"{directory.name}-{time.strftime('%Y%m%d-%H%M%S')}"))


def _fingerprint(credentials: Credentials) -> str:
    return hashlib.sha256(credentials.postgres.encode()).hexdigest()
