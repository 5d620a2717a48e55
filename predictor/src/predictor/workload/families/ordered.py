"""Queries that sort much, or look at neighbouring rows."""

# ruff: noqa: S608 - the parts that are put together are all this package's own

from predictor.workload.draft import Draft
from predictor.workload.draws import Number
from predictor.workload.families.parts import columns, conditions, limit, source, where
from predictor.workload.tables import CUSTOMERS, EVENTS, LARGE, ORDER_ITEMS, ORDERS, REVIEWS, Table

_SORTED = (CUSTOMERS, ORDERS, ORDERS, ORDER_ITEMS, REVIEWS, EVENTS)


def far_page(draft: Draft) -> str:
    """A page far behind the first: everything before it is sorted too."""
    table = draft.choose(_SORTED)
    found = conditions(draft, table, 0.0, 1) if draft.chance(0.6) else []
    start = draft.one(Number(table.rows * 0.2, table.rows * 0.6))
    return (
        f"SELECT {columns(draft, table, 2, 5)} FROM {source(table)}{where(found)}"
        f" ORDER BY {_order(draft, table)}{limit(draft)} OFFSET {start}"
    )


def whole_order(draft: Draft) -> str:
    """All rows in some order, numbered on their way to a figure."""
    table = draft.choose(_SORTED)
    found = conditions(draft, table, 0.1, 1) if draft.chance(0.6) else []
    order = _order(draft, table)
    inner = f"SELECT {columns(draft, table, 2, 4)} FROM {source(table)}{where(found)} ORDER BY {order}"
    return f"SELECT count(*) FROM ({inner} OFFSET {draft.one(Number(0, 5))}) d"


def ranked(draft: Draft) -> str:
    """The first rows of each group."""
    table = draft.choose(_SORTED)
    call = draft.choose(("row_number()", "rank()", "dense_rank()", "ntile(4)"))
    group = draft.choose((*table.small_groups, *table.large_groups))
    window = f"(PARTITION BY {table.alias}.{group} ORDER BY {_order(draft, table)})"
    inner = (
        f"SELECT {columns(draft, table, 1, 3)}, {call} OVER {window} AS place"
        f" FROM {source(table)}{where(conditions(draft, table, 0.3, 2))}"
    )
    return f"SELECT count(*) FROM ({inner}) d WHERE d.place <= {draft.one(Number(1, 3))}"


def running(draft: Draft) -> str:
    """Running figures and neighbours, in some order."""
    table = draft.choose(_SORTED)
    measure = f"{table.alias}.{table.measures[0]}"
    call = draft.choose((f"sum({measure})", f"avg({measure})", f"lag({measure})", f"max({measure})"))
    group = f"PARTITION BY {table.alias}.{draft.choose(table.large_groups)} " if draft.chance(0.6) else ""
    inner = (
        f"SELECT {table.alias}.id, {call} OVER ({group}ORDER BY {_order(draft, table)}) AS figure"
        f" FROM {source(table)}{where(conditions(draft, table, 0.3, 2))}"
    )
    if draft.chance(0.5):
        return f"SELECT count(*), max(d.figure) FROM ({inner}) d"
    return f"{inner}{limit(draft)}"


def share_of_group(draft: Draft) -> str:
    """Each row beside the figure of its group."""
    table = draft.choose(LARGE)
    group, measure = draft.choose((*table.small_groups, *table.large_groups)), table.measures[0]
    inner = (
        f"SELECT {table.alias}.{measure} AS own, avg({table.alias}.{measure})"
        f" OVER (PARTITION BY {table.alias}.{group}) AS mean"
        f" FROM {source(table)}{where(conditions(draft, table, 0.3, 2))}"
    )
    return f"SELECT count(*) FROM ({inner}) d WHERE d.own > d.mean"


def _order(draft: Draft, table: Table) -> str:
    way = draft.choose(("", " DESC"))
    return ", ".join(f"{table.alias}.{name}{way}" for name in draft.some(table.order, 1, 2))
