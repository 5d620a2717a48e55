"""Make the roles and databases of a server: in a container `python -m stack.provision HOST`."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from stack.container_secrets import secret
from stack.roles import DATABASES, ROLES, Database

LOCK_KEY = 0x57AC4


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server and its superuser's password."""

    host: str
    port: int
    password: str


def provision(server: Server, passwords: Mapping[str, str]) -> None:
    """Make roles and databases that are missing, set each role's password, close what is not granted.

    Args:
        server: where.
        passwords: of every role in `stack.roles`.
    """
    with _superuser(server) as cursor:
        # The server goes on with what a killed launcher began; this waits until that has ended.
        cursor.execute("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))
        for name in ROLES:
            _role(cursor, name, passwords[name])
        for database in DATABASES:
            _database(cursor, database)
        cursor.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")


@contextmanager
def _superuser(server: Server) -> Iterator[Cursor]:
    connection = psycopg2.connect(
        host=server.host, port=server.port, user="postgres", password=server.password, dbname="postgres"
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def _role(cursor: Cursor, name: str, password: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,))
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    statement = sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}")
    cursor.execute(statement.format(sql.Identifier(name), sql.Literal(password)))


def _database(cursor: Cursor, database: Database) -> None:
    name = sql.Identifier(database.name)
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database.name,))
    if not cursor.fetchone():
        cursor.execute(sql.SQL("CREATE DATABASE {name} OWNER {name}").format(name=name))
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    _grant(cursor, "CONNECT", name, database.guests)
    _grant(cursor, "TEMPORARY", name, database.makers_of_temporary_tables)


def _grant(cursor: Cursor, privilege: str, database: sql.Identifier, roles: tuple[str, ...]) -> None:
    for role in roles:
        statement = sql.SQL("GRANT " + privilege + " ON DATABASE {} TO {}")
        cursor.execute(statement.format(database, sql.Identifier(role)))


def main(host: str) -> None:
    """Read the passwords out of the addresses that the services are told, and apply them."""
    addresses = {role: urlsplit(secret(f"{role}_database_url")) for role in ROLES}
    wrong = sorted(role for role, address in addresses.items() if address.username != role)
    if wrong:
        raise SystemExit(f"These addresses are not of the role that they are named after: {', '.join(wrong)}")
    passwords = {role: address.password or "" for role, address in addresses.items()}
    if not all(passwords.values()):
        raise SystemExit("Each address must hold a password: postgresql://role:password@host:5432/database")
    provision(Server(host, 5432, secret("postgres_password")), passwords)


if __name__ == "__main__":
    main(sys.argv[1])
