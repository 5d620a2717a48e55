"""Queries within queries."""

# ruff: noqa: S608 - the parts that are put together are all this package's own

from predictor.workload.draft import Draft
from predictor.workload.draws import Number, NumberRange, Several
from predictor.workload.families.parts import (
    aggregates,
    children,
    columns,
    conditions,
    limit,
    source,
    where,
)
from predictor.workload.tables import CUSTOMERS, EVENTS, LARGE, ORDER_ITEMS, ORDERS, PRODUCTS, TABLES, Table

_BY_ALIAS = {table.alias: table for table in TABLES}
_PARENTS = (CUSTOMERS, PRODUCTS, ORDERS)


def within(draft: Draft) -> str:
    """Parents that are, or are not, among those that a sub-query names."""
    parent, child, key = _related(draft)
    word = draft.choose(("IN", "IN", "NOT IN"))
    # NOT IN a list that does not fit into work_mem compares every pair: minutes.
    selective = 1.0 if word == "NOT IN" else 0.4
    inner = f"SELECT {child.alias}.{key} FROM {source(child)}{where(conditions(draft, child, selective))}"
    found = [f"{parent.alias}.id {word} ({inner})"]
    if draft.chance(0.5):
        found += conditions(draft, parent, 0.2, 1)
    return f"SELECT {aggregates(draft, parent, 2)} FROM {source(parent)}{where(found)}"


def existing(draft: Draft) -> str:
    """Parents with, or without, a child of some kind."""
    parent, child, key = _related(draft)
    word = draft.choose(("EXISTS", "EXISTS", "NOT EXISTS"))
    found = [f"{child.alias}.{key} = {parent.alias}.id", *conditions(draft, child, 0.3, 1)]
    outer = [f"{word} (SELECT 1 FROM {source(child)}{where(found)})"]
    if draft.chance(0.5):
        outer += conditions(draft, parent, 0.3, 1)
    return f"SELECT {aggregates(draft, parent, 2)} FROM {source(parent)}{where(outer)}"


def correlated(draft: Draft) -> str:
    """A value computed anew for each of a few rows."""
    parent, child, key = _related(draft)
    call = draft.choose(("count(*)", *(f"{name}(x.{child.measures[0]})" for name in ("max", "sum", "avg"))))
    inner = f"(SELECT {call} FROM {{s}}.{child.name} x WHERE x.{key} = {parent.alias}.id)"
    chosen = _some_rows(draft, parent)
    if draft.chance(0.5):
        return f"SELECT {parent.alias}.id, {inner} FROM {source(parent)}{chosen}"
    shown = columns(draft, parent, 1, 2)
    bound = draft.one(Number(1, 5))
    return f"SELECT {shown} FROM {source(parent)}{chosen} AND {inner} > {bound}"


def above_average(draft: Draft) -> str:
    """Rows above a figure of their own table, found beforehand."""
    table = draft.choose(LARGE)
    measure = table.measures[0]
    call = draft.choose(("avg", "max", "min"))
    factor = draft.one(Number(0.5, 1.0, decimals=2))
    inner = f"(SELECT {factor} * {call}(y.{measure}) FROM {{s}}.{table.name} y)"
    found = [f"{table.alias}.{measure} > {inner}", *conditions(draft, table, 0.2, 1)]
    return f"SELECT {aggregates(draft, table, 2)} FROM {source(table)}{where(found)}"


def nested_twice(draft: Draft) -> str:
    """Sub-queries in sub-queries: customers of orders of items."""
    items = where(conditions(draft, ORDER_ITEMS, 0.6, 2))
    inner = f"SELECT i.order_id FROM {source(ORDER_ITEMS)}{items}"
    orders = [f"o.id IN ({inner})"] + (conditions(draft, ORDERS, 0.2, 1) if draft.chance(0.5) else [])
    middle = f"SELECT o.customer_id FROM {source(ORDERS)}{where(orders)}"
    found = [f"c.id IN ({middle})"] + (conditions(draft, CUSTOMERS, 0.2, 1) if draft.chance(0.5) else [])
    if draft.chance(0.3):
        outermost = f"SELECT c.id FROM {source(CUSTOMERS)}{where(found)}"
        return f"SELECT count(*) FROM {source(EVENTS)} WHERE e.customer_id IN ({outermost})"
    return f"SELECT {aggregates(draft, CUSTOMERS, 2)} FROM {source(CUSTOMERS)}{where(found)}"


def derived(draft: Draft) -> str:
    """A grouped sub-query that is joined to its parents."""
    parent, child, key = _related(draft)
    call = draft.choose(
        ("count(*)", *(f"{name}({child.alias}.{child.measures[0]})" for name in ("max", "sum")))
    )
    inner = (
        f"(SELECT {child.alias}.{key} AS parent_id, {call} AS figure FROM {source(child)}"
        f"{where(conditions(draft, child, 0.2, 1))} GROUP BY {child.alias}.{key}) d"
    )
    found = conditions(draft, parent, 0.3, 1)
    text = f"FROM {inner} JOIN {source(parent)} ON {parent.alias}.id = d.parent_id{where(found)}"
    if draft.chance(0.5):
        return f"SELECT {columns(draft, parent, 1, 2)}, d.figure {text} ORDER BY d.figure DESC{limit(draft)}"
    return f"SELECT count(*), max(d.figure) {text}"


def common_table(draft: Draft) -> str:
    """A common table expression that is used twice, so that it is kept."""
    table = draft.choose(LARGE)
    group, measure = draft.choose(table.large_groups), table.measures[0]
    inner = (
        f"SELECT {table.alias}.{group} AS label, sum({table.alias}.{measure}) AS figure FROM {source(table)}"
        f"{where(conditions(draft, table, 0.2, 2))} GROUP BY {table.alias}.{group}"
    )
    mean = "(SELECT avg(u.figure) FROM t u)"
    return f"WITH t AS ({inner}) SELECT count(*), max(t.figure) FROM t WHERE t.figure > {mean}"


def both(draft: Draft) -> str:
    """The rows of two queries together, with or without duplicates."""
    table = draft.choose(LARGE)
    group = draft.choose((*table.large_groups, *table.small_groups))
    first, second = (
        f"SELECT {table.alias}.{group} FROM {source(table)}{where(conditions(draft, table, 0.5, 1))}"
        for _ in "ab"
    )
    word = draft.choose(("UNION ALL", "UNION", "INTERSECT", "EXCEPT"))
    return f"SELECT count(*) FROM ({first} {word} {second}) d"


def latest_children(draft: Draft) -> str:
    """The first children, in some order, of each of a few parents."""
    parent, child, key = _related(draft)
    inner = f"SELECT x.id, x.{child.measures[0]} FROM {{s}}.{child.name} x WHERE x.{key} = {parent.alias}.id"
    order = f" ORDER BY x.{draft.choose(child.order)} DESC{limit(draft, 1, 3)}"
    return (
        f"SELECT {parent.alias}.id, l.* FROM {source(parent)} CROSS JOIN LATERAL ({inner}{order}) l"
        f"{_some_rows(draft, parent)}"
    )


def _some_rows(draft: Draft, table: Table) -> str:
    """Return a WHERE clause that keeps two to thirty rows of a table."""
    if draft.chance(0.4):
        return f" WHERE {table.alias}.id IN ({draft.one(Several(Number(1, table.rows), 2, 5))})"
    first, last = draft.put(NumberRange(1, table.rows, draft.choose((8, 24))))
    return f" WHERE {table.alias}.id BETWEEN {first} AND {last}"


def _related(draft: Draft) -> tuple[Table, Table, str]:
    parent = draft.choose(_PARENTS)
    key, alias = draft.choose(children(parent.alias))
    return parent, _BY_ALIAS[alias], key
