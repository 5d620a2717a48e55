"""Bring the schema `ml_model` to its newest revision: `python -m ml_model.migrate`."""

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from pydantic import ValidationError
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.schema import CreateSchema

from ml_model.persistence.model.base import SCHEMA
from servicekit.database import driver_url
from servicekit.settings import DatasetDatabaseSettings

_LOCK_KEY = 0x111_0DE1
_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(database_url: str) -> None:
    """Apply the revisions that are missing, all or none; several at once wait for each other."""
    engine = create_engine(driver_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        connection.execute(CreateSchema(SCHEMA, if_not_exists=True))
        command.upgrade(_config(connection), "head")


def head_revision() -> str:
    """Name the newest revision that this package has."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise LookupError(f"no revisions in {_SCRIPTS}")
    return head


def main() -> int:
    """Migrate the database that the setting DATASET_DATABASE_URL names."""
    try:
        settings = DatasetDatabaseSettings()
    except ValidationError:
        sys.stderr.write("set DATASET_DATABASE_URL to postgresql://user:password@host:port/database\n")
        return 2
    upgrade(settings.dataset_database_url.get_secret_value())
    sys.stdout.write(f"schema {SCHEMA} is at revision {head_revision()}\n")
    return 0


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


if __name__ == "__main__":
    raise SystemExit(main())
