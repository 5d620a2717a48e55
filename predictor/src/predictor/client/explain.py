"""What EXPLAIN answers: the planner's announcement, and the time that the server takes."""

from typing import Any

from psycopg2 import extensions

# Without per-node clocks, which alone can double the time of a short query.
_MEASURE = "EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF, SUMMARY ON, FORMAT JSON)"


def explain(cursor: extensions.cursor, text: str) -> dict[str, Any]:
    """Return the plan of a statement, which is not run, as EXPLAIN (VERBOSE, FORMAT JSON) gives it.

    Args:
        cursor: of the database that the statement asks; PostgreSQL's errors come as psycopg2 raises them.
        text: one statement with its constants.
    """
    return _answer(cursor, f"EXPLAIN (VERBOSE, FORMAT JSON) {text}")


def measure(cursor: extensions.cursor, text: str) -> float:
    """Run a statement; return the time that the server took to execute it, without planning, in milliseconds.

    Args:
        cursor: of the database that the statement asks; PostgreSQL's errors come as psycopg2 raises them.
        text: one statement with its constants; its rows are made, but not sent.
    """
    return float(_answer(cursor, f"{_MEASURE} {text}")["Execution Time"])


def _answer(cursor: extensions.cursor, statement: str) -> dict[str, Any]:
    cursor.execute(statement)
    row = cursor.fetchone()
    if row is None:
        raise ValueError(f"PostgreSQL answered nothing to: {statement}")
    document: dict[str, Any] = row[0][0]
    return document
