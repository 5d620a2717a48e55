"""The account that the servers run under: PostgreSQL refuses root, and any user id without a passwd entry."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError

UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Account:
    """A user that a process can be run as."""

    name: str
    uid: int
    gid: int


def postgres_account() -> Account | None:
    """Return the account to drop to for PostgreSQL, or None when this user can run it itself.

    Raises StackError when neither is possible.
    """
    if os.geteuid() == 0:
        return named(UNPRIVILEGED)
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise StackError(
            f"PostgreSQL does not start for user id {os.geteuid()}, which has no passwd entry. "
            "Add one, use another user, or set DATASET_DATABASE_URL and MLFLOW_DATABASE_URL "
            "to a server that runs already."
        ) from error
    return None


def redis_account() -> Account | None:
    """Return the account to drop to for Redis, or None when this user runs it; raises StackError as named."""
    return named(UNPRIVILEGED) if os.geteuid() == 0 else None


def named(name: str) -> Account:
    """Return the account of that name."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError as error:
        raise StackError(
            f"PostgreSQL and Redis are not run as root, and there is no user '{name}' to run them as. "
            "Add that user, or start as an ordinary user."
        ) from error
    return Account(name, entry.pw_uid, entry.pw_gid)


def can(account: Account | None, test: str, path: Path) -> bool:
    """Ask the kernel, as that account, what `test(1)` would say (`-r`, `-w`, `-x`, `-d`) of a path."""
    if account is None:
        return subprocess.run(["test", test, str(path)], check=False).returncode == 0  # noqa: S603, S607
    finished = subprocess.run(  # noqa: S603
        ["test", test, str(path)],  # noqa: S607
        check=False,
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
    )
    return finished.returncode == 0


def drop_to(account: Account) -> None:
    """Give up root for good: this process becomes the account."""
    os.setgroups([])
    os.setgid(account.gid)
    os.setuid(account.uid)
    os.environ["HOME"] = "/"
    os.environ["USER"] = os.environ["LOGNAME"] = account.name
