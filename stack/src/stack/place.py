"""Where the embedded PostgreSQL keeps its data, and as whom it runs."""

import hashlib
import os
import time
from pathlib import Path

from stack.accounts import Account, can, postgres_account
from stack.binaries import package, usable
from stack.cluster import Cluster
from stack.credentials import Credentials
from stack.errors import StackError
from stack.files import open_directory
from stack.home import Home

SYSTEM_DIRECTORY = Path("/var/lib/mlops-microservices")
OWNER = "owner"


def cluster_of(home: Home, credentials: Credentials) -> Cluster:
    """Return this home's PostgreSQL.

    Its data is in the home whenever PostgreSQL's account can reach the home. A home that is closed to it
    (below a directory of mode 0700, say) keeps its mode, and the data lives in a directory of the system.
    """
    account = postgres_account()
    if account is None:
        return _cluster(home.postgres, account)
    elsewhere = SYSTEM_DIRECTORY / home.short_hash
    _set_aside_unless_owned(elsewhere, credentials)
    if can(account, "-x", home.root) and not (elsewhere / "data").exists():
        return _cluster(home.postgres, account)
    if (home.postgres / "data").exists():
        raise StackError(
            f"PostgreSQL's data is in {home.postgres}, which its account '{account.name}' can no longer "
            "reach. Let others pass through the directories above it again (chmod o+x)."
        )
    open_directory(SYSTEM_DIRECTORY)
    cluster = _cluster(elsewhere, account)
    (elsewhere / OWNER).write_text(_fingerprint(credentials))
    return cluster


def existing_directory(home: Home) -> Path | None:
    """Return the directory of this home's PostgreSQL data, if there is any yet."""
    for directory in (home.postgres, SYSTEM_DIRECTORY / home.short_hash):
        if os.path.lexists(directory / "data"):
            return directory
    return None


def _cluster(directory: Path, account: Account | None) -> Cluster:
    open_directory(directory)
    return Cluster(directory, usable(account, directory, package()), account)


def _set_aside_unless_owned(directory: Path, credentials: Credentials) -> None:
    """Keep a deleted home's data from turning up in a new home of the same path, without its artifacts."""
    owner = directory / OWNER
    if not directory.exists() or (owner.exists() and owner.read_text() == _fingerprint(credentials)):
        return
    directory.rename(directory.with_name(f"{directory.name}-{time.strftime('%Y%m%d-%H%M%S')}"))


def _fingerprint(credentials: Credentials) -> str:
    return hashlib.sha256(credentials.postgres.encode()).hexdigest()
