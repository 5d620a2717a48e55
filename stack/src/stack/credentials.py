"""Passwords of one home: generated once, readable by their owner only."""

import secrets
from dataclasses import asdict, dataclass, fields

from stack.errors import StackError
from stack.files import read_json, write_json
from stack.home import Home


@dataclass(frozen=True)
class Credentials:
    """A password for each thing that asks for one."""

    postgres: str
    datasets: str
    mlflow: str
    supervisor: str
    redis: str
    workload: str


def credentials_of(home: Home) -> Credentials:
    """Return the passwords of this home, made where they are missing; raises StackError on a broken file."""
    kept = read_json(home.secrets_file)
    if kept is None and home.secrets_file.exists():
        raise StackError(f"{home.secrets_file} cannot be read. Restore it, or start with another --home.")
    names = [field.name for field in fields(Credentials)]
    values = {name: (kept or {}).get(name) or secrets.token_urlsafe(24) for name in names}
    credentials = Credentials(**values)
    if kept != asdict(credentials):
        write_json(home.secrets_file, asdict(credentials))
    return credentials
