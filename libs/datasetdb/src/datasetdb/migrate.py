"""Bring the dataset database to its newest revision: `python -m datasetdb.migrate`."""

import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, make_url, text

URL_VARIABLE = "DATASET_DATABASE_URL"
_LOCK_KEY = 0xDA7A5E7
_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(database_url: str) -> None:
    """Apply the revisions that are missing, all or none; several at once wait for each other."""
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg2"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        command.upgrade(_config(connection), "head")


def head_revision() -> str:
    """Name the newest revision that this package has."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise LookupError(f"no revisions in {_SCRIPTS}")
    return head


def main() -> int:
    """Migrate the database that the environment names."""
    database_url = os.environ.get(URL_VARIABLE)
    if not database_url:
        sys.stderr.write(f"set {URL_VARIABLE} to postgresql://user:password@host:port/database\n")
        return 2
    upgrade(database_url)
    sys.stdout.write(f"dataset database is at revision {head_revision()}\n")
    return 0


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


if __name__ == "__main__":
    raise SystemExit(main())
