"""One execution of one query: the plan that the planner announces, and the time that the server takes."""

import random
from dataclasses import dataclass
from typing import Any

from psycopg2 import errors, extensions

from predictor.client.explain import explain, measure
from predictor.workload.shapes import Shape

TIMEOUT_MS = 10_000

_WARM_BELOW_COST = 3_000.0
"""The planner's cost (some 10 ms) below which a query is run once before it is measured."""


@dataclass(frozen=True)
class Execution:
    """What was known before a query ran, and how long it took.

    Args:
        document: its plan, as EXPLAIN (VERBOSE, FORMAT JSON) gave it before it ran.
        milliseconds: that the server took to execute it, without planning.
    """

    document: dict[str, Any]
    milliseconds: float


def prepare(connection: extensions.connection, work_mem_mb: float) -> None:
    """Make a session ready to measure: no parallel workers, no JIT, a time limit, this work_mem.

    Args:
        connection: in autocommit mode.
        work_mem_mb: for each sort or hash, in megabytes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SET jit = off")
        cursor.execute("SET statement_timeout = %s", (TIMEOUT_MS,))
        cursor.execute("SET work_mem = %s", (f"{round(work_mem_mb * 1024)}kB",))


def execute(connection: extensions.connection, shape: Shape, rng: random.Random) -> Execution | None:
    """Run a query once with new constants; return None when it ran into the time limit.

    A cheap query is run once before, with other constants, and not counted: the first run in a connection
    pays for PostgreSQL's caches of its catalogue, which takes longer than the query itself.

    Args:
        connection: made ready by `prepare`.
        shape: the query but for its constants.
        rng: draws them.
    """
    warming, text = shape.render(rng), shape.render(rng)
    with connection.cursor() as cursor:
        try:
            document = explain(cursor, text)
            if float(document["Plan"]["Total Cost"]) < _WARM_BELOW_COST:
                measure(cursor, warming)
            return Execution(document, measure(cursor, text))
        except errors.QueryCanceled:
            return None
