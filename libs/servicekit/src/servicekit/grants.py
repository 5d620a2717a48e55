"""What the roles of services may do with tables: said by their maker, applied with the migrations."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

READ = "SELECT"
KEEP = "SELECT, INSERT, UPDATE"


@dataclass(frozen=True)
class Grant:
    """What one role may do with tables.

    Args:
        role: of one service; left out where the server has none of that name.
        privileges: as GRANT writes them.
        tables: names in the schema of the grant's owner.
    """

    role: str
    privileges: str
    tables: tuple[str, ...]


def apply_grants(connection: Connection, grants: Sequence[Grant], schema: str) -> None:
    """Let each role do what is listed, and nothing else in this schema; part of the caller's transaction."""
    known = {row.rolname for row in connection.execute(text("SELECT rolname FROM pg_roles"))}
    present = [grant for grant in grants if grant.role in known]
    for role in sorted({grant.role for grant in present}):
        connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}"))
        connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {role}"))
    for grant in present:
        tables = ", ".join(f"{schema}.{table}" for table in grant.tables)
        connection.execute(text(f"GRANT {grant.privileges} ON {tables} TO {grant.role}"))
