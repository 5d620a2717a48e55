"""Parts that several families share."""

from predictor.workload.draft import Draft, Predicate
from predictor.workload.draws import Number
from predictor.workload.tables import Table

_EDGES = (
    ("i", "order_id", "o"),
    ("i", "product_id", "p"),
    ("o", "customer_id", "c"),
    ("c", "region_id", "g"),
    ("p", "supplier_id", "s"),
    ("r", "product_id", "p"),
    ("r", "customer_id", "c"),
    ("e", "customer_id", "c"),
    ("s", "region_id", "g"),
)
"""Child, its column, and the parent whose `id` that column names; by alias."""


def parents(alias: str) -> list[tuple[str, str]]:
    """Return the tables which a table's columns name, as (column, alias of the parent)."""
    return [(column, parent) for child, column, parent in _EDGES if child == alias]


def children(alias: str) -> list[tuple[str, str]]:
    """Return the tables whose columns name a table, as (column, alias of the child)."""
    return [(column, child) for child, column, parent in _EDGES if parent == alias]


def source(table: Table) -> str:
    """Return the table with its alias, for FROM."""
    return f"{{s}}.{table.name} {table.alias}"


def conditions(draft: Draft, table: Table, selective: float = 0.4, most: int = 2) -> list[str]:
    """Return one to `most` conditions on different columns; each is a selective one with that probability."""
    chosen: dict[str, Predicate] = {}
    for _ in range(draft.rng.randint(1, most)):
        predicate = draft.choose(table.few if draft.chance(selective) else table.many)
        chosen.setdefault(predicate.column, predicate)
    return [predicate(draft, table.alias) for predicate in chosen.values()]


def where(found: list[str]) -> str:
    """Return a WHERE clause of conditions that all have to hold; nothing without one."""
    return f" WHERE {' AND '.join(found)}" if found else ""


def columns(draft: Draft, table: Table, least: int = 1, most: int = 4) -> str:
    """Return some columns of a table."""
    known = dict.fromkeys(("id", *table.measures, *table.small_groups, *table.large_groups, *table.order))
    return ", ".join(f"{table.alias}.{name}" for name in draft.some(list(known), least, most))


def aggregates(draft: Draft, table: Table, most: int = 3) -> str:
    """Return count(*) and up to `most` further aggregates over a table's measures."""
    calls = [f"{name}({table.alias}.{column})" for column in table.measures for name in _AGGREGATES]
    return ", ".join(["count(*)", *draft.some(calls, 0, most)])


def limit(draft: Draft, low: int = 10, high: int = 20) -> str:
    """Return a LIMIT clause."""
    return f" LIMIT {draft.one(Number(low, high))}"


_AGGREGATES = ("sum", "avg", "min", "max", "stddev")
