"""Alembic migrations of one owner of tables: applied in one transaction, safe when several run at once."""

import sys
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from pydantic import ValidationError
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.schema import CreateSchema

from servicekit.database_url import driver_url
from servicekit.grants import Grant, apply_grants
from servicekit.settings import DatabaseSettings

URL_VARIABLE = "DATASET_DATABASE_URL"

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


@dataclass(frozen=True)
class Migrations:
    """The revisions of one package.

    Args:
        scripts: Alembic's directory; its env.py runs on the connection in `config.attributes`.
        lock_key: of the advisory lock under which they are applied.
        schema: made before the first revision, where the package keeps its tables in one of its own.
        grants: what the services may do with the tables, anew after each upgrade.
    """

    scripts: Path
    lock_key: int
    schema: str | None = None
    grants: tuple[Grant, ...] = ()

    def upgrade(self, database_url: str) -> None:
        """Apply the revisions that are missing, all or none; several at once wait for each other."""
        engine = create_engine(driver_url(database_url), poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": self.lock_key})
            if self.schema is not None:
                connection.execute(CreateSchema(self.schema, if_not_exists=True))
            command.upgrade(self.config(connection), "head")
            apply_grants(connection, self.grants, self.schema or "public")

    def head_revision(self) -> str:
        """Name the newest revision that there is."""
        head = ScriptDirectory.from_config(self.config()).get_current_head()
        if head is None:
            raise LookupError(f"no revisions in {self.scripts}")
        return head

    def config(self, connection: Connection | None = None) -> Config:
        """Return Alembic's own configuration for these revisions."""
        config = Config()
        config.set_main_option("script_location", str(self.scripts).replace("%", "%%"))
        config.attributes["connection"] = connection
        return config

    def run(self, subject: str) -> int:
        """Migrate the database that the environment names; return the exit status of a command."""
        database_url = _database_url()
        if not database_url:
            sys.stderr.write(f"set {URL_VARIABLE} to postgresql://user:password@host:port/database\n")
            return 2
        self.upgrade(database_url)
        sys.stdout.write(f"{subject} is at revision {self.head_revision()}\n")
        return 0


def _database_url() -> str | None:
    try:
        return DatabaseSettings().dataset_database_url.get_secret_value()
    except ValidationError:
        return None
