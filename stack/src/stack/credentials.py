"""Passwords of one home: generated once, readable by their owner only."""

import secrets
from dataclasses import dataclass

from stack.errors import StackError
from stack.files import read_json, write_json
from stack.home import Home
from stack.roles import ROLES

SERVERS = ("postgres", "redis", "supervisor")


@dataclass(frozen=True)
class Credentials:
    """A password for each thing that asks for one.

    Args:
        postgres, redis, supervisor: of the servers themselves.
        roles: of each role of the databases.
    """

    postgres: str
    redis: str
    supervisor: str
    roles: dict[str, str]


def credentials_of(home: Home) -> Credentials:
    """Return the passwords of this home, made where they are missing; raises StackError on a broken file."""
    kept = read_json(home.secrets_file)
    if kept is None and home.secrets_file.exists():
        raise StackError(f"{home.secrets_file} cannot be read. Restore it, or start with another --home.")
    values = {name: (kept or {}).get(name) or new_password() for name in (*SERVERS, *ROLES)}
    if kept != values:
        write_json(home.secrets_file, values)
    servers = {name: values[name] for name in SERVERS}
    return Credentials(**servers, roles={name: values[name] for name in ROLES})


def new_password() -> str:
    """Make a password that needs no quoting in an address."""
    return secrets.token_urlsafe(24)
