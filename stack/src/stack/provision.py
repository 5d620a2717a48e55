"""The roles and databases of the embedded server: one of each for the data sets and for MLflow."""

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from stack.credentials import Credentials
from stack.ports import LOOPBACK


def provision(port: int, credentials: Credentials) -> None:
    """Make roles and databases that are missing, each owned by its role and closed to the others."""
    connection = psycopg2.connect(
        host=LOOPBACK, port=port, user="postgres", password=credentials.postgres, dbname="postgres"
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for name, password in (("datasets", credentials.datasets), ("mlflow", credentials.mlflow)):
                _role(cursor, name, password)
                _database(cursor, name)
    finally:
        connection.close()


def _role(cursor: Cursor, name: str, password: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,))
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    statement = sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}")
    cursor.execute(statement.format(sql.Identifier(name), sql.Literal(password)))


def _database(cursor: Cursor, name: str) -> None:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
    if cursor.fetchone():
        return
    cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(name)))
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
