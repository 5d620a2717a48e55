"""One statement that writes any number of rows given as JSON."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def insert_statement(table: Table, columns: Sequence[str]) -> str:
    """Build an INSERT from a JSON array of objects, for psycopg2; rows that are there already are left alone.

    Args:
        table: with one primary key.
        columns: the keys of the objects; other columns get their defaults.

    Source: https://www.postgresql.org/docs/current/functions-json.html (jsonb_to_recordset).
    """
    names = ", ".join(_quoted(name) for name in columns)
    types = ", ".join(f"{_quoted(name)} {table.columns[name].type.compile(_DIALECT)}" for name in columns)
    key = ", ".join(_quoted(column.name) for column in table.primary_key.columns)
    return (
        f"INSERT INTO {table.fullname} ({names}) "  # noqa: S608 - names come from our own tables
        f"SELECT {names} FROM jsonb_to_recordset(%(rows)s::jsonb) AS given ({types}) "
        f"ON CONFLICT ({key}) DO NOTHING"
    )


def json_array(rows: Iterable[bytes]) -> str:
    """Join rows, a JSON object each, to what the statement takes as `rows`."""
    return (b"[" + b",".join(rows) + b"]").decode()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
