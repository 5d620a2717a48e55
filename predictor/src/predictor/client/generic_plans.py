"""Plans of normalised statements, for any value of their parameters, without running anything."""

import re
from typing import Any

import psycopg2
from psycopg2 import extensions

FIRST_VERSION = 160000
"""GENERIC_PLAN came with PostgreSQL 16; https://www.postgresql.org/docs/current/sql-explain.html"""

OWN = "/* predictor */"
"""What the statements of the collector itself carry, so that they are left out of the history."""

_EXPLAIN = "EXPLAIN (VERBOSE, FORMAT JSON, GENERIC_PLAN) "
_QUERY = re.compile(
    r"\A(?:\s|--[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/|\()*(?:SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|VALUES|TABLE)\b",
    re.IGNORECASE,
)


def is_query(text: str) -> bool:
    """Whether a text begins, after comments and brackets, as a query does, and is none of the collector's."""
    return _QUERY.match(text) is not None and OWN not in text


def may_be_explained(text: str) -> bool:
    """Whether a text can be put behind EXPLAIN: one query, with no semicolon anywhere, not even in quotes."""
    return is_query(text) and ";" not in text and "\x00" not in text


def generic_plan(cursor: extensions.cursor, text: str) -> Any | None:
    """Return the answer of EXPLAIN (VERBOSE, FORMAT JSON, GENERIC_PLAN), or None where there is none.

    The planner evaluates functions that are declared immutable, so the caller's transaction must be read
    only; what such a function sets is taken back with the savepoint, like the locks that planning takes.

    Args:
        cursor: in a transaction.
        text: of one statement, with $1, $2, ... for its values.
    """
    if cursor.connection.server_version < FIRST_VERSION or not may_be_explained(text):
        return None
    cursor.execute("SAVEPOINT plan")
    try:
        cursor.execute(_EXPLAIN + text)
        row = cursor.fetchone()
    except psycopg2.Error:
        if cursor.connection.closed:
            raise
        row = None
    cursor.execute("ROLLBACK TO SAVEPOINT plan")
    cursor.execute("RELEASE SAVEPOINT plan")
    return row[0] if row else None
