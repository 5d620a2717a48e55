"""The roles and databases of the embedded server: one of each for the data sets, MLflow and the workload."""

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from stack.credentials import Credentials
from stack.ports import LOOPBACK

LOCK_KEY = 0x57AC4


def provision(port: int, credentials: Credentials) -> None:
    """Make roles and databases that are missing, each owned by its role and closed to the others."""
    connection = psycopg2.connect(
        host=LOOPBACK, port=port, user="postgres", password=credentials.postgres, dbname="postgres"
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            # The server goes on with what a killed launcher began; this waits until that has ended.
            cursor.execute("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))
            for name, password in _passwords(credentials).items():
                _role(cursor, name, password)
                _database(cursor, name)
    finally:
        connection.close()


def _passwords(credentials: Credentials) -> dict[str, str]:
    return {
        "datasets": credentials.datasets,
        "mlflow": credentials.mlflow,
        "workload": credentials.workload,
    }


def _role(cursor: Cursor, name: str, password: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,))
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    statement = sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}")
    cursor.execute(statement.format(sql.Identifier(name), sql.Literal(password)))


def _database(cursor: Cursor, name: str) -> None:
    owned = {"name": sql.Identifier(name)}
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
    if not cursor.fetchone():
        cursor.execute(sql.SQL("CREATE DATABASE {name} OWNER {name}").format(**owned))
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(**owned))
