"""Queries of two to five tables."""

# ruff: noqa: S608 - the parts that are put together are all this package's own

from predictor.workload.draft import Draft
from predictor.workload.families.parts import (
    aggregates,
    children,
    columns,
    conditions,
    limit,
    parents,
    source,
    where,
)
from predictor.workload.tables import CUSTOMERS, EVENTS, ORDER_ITEMS, ORDERS, PRODUCTS, REVIEWS, TABLES, Table

_BY_ALIAS = {table.alias: table for table in TABLES}


def join_total(draft: Draft) -> str:
    """Aggregates over a join, grouped or not."""
    tables, text = _joined(draft, 0.3)
    measured = tables[0]
    if draft.chance(0.5):
        return f"SELECT {aggregates(draft, measured)} {text}"
    last = tables[-1]
    group = f"{last.alias}.{draft.choose((*last.small_groups, *last.large_groups))}"
    order = f" ORDER BY count(*) DESC{limit(draft)}" if draft.chance(0.4) else ""
    return f"SELECT {group}, {aggregates(draft, measured)} {text} GROUP BY {group}{order}"


def join_selective(draft: Draft) -> str:
    """A join of the few rows that meet a selective condition."""
    tables, text = _joined(draft, 0.9)
    return f"SELECT {aggregates(draft, tables[0])}, max({tables[-1].alias}.id) {text}"


def join_first_rows(draft: Draft) -> str:
    """The first rows of a join, in some order or in none."""
    tables, text = _joined(draft, 0.3)
    shown = ", ".join(columns(draft, table, 1, 2) for table in tables[:3])
    ordered = draft.choose(tables)
    order = f" ORDER BY {ordered.alias}.{draft.choose(ordered.order)}" if draft.chance(0.7) else ""
    return f"SELECT {shown} {text}{order}{limit(draft)}"


def outer_join(draft: Draft) -> str:
    """Parents with or without children, counted."""
    parent = draft.choose((CUSTOMERS, PRODUCTS, ORDERS))
    column, alias = draft.choose(children(parent.alias))
    child = _BY_ALIAS[alias]
    found = conditions(draft, parent, 0.4)
    extra = f" AND {conditions(draft, child, 0.2, 1)[0]}" if draft.chance(0.4) else ""
    group = f"{parent.alias}.{draft.choose((*parent.small_groups, *parent.large_groups))}"
    return (
        f"SELECT {group}, count({alias}.id) FROM {source(parent)}"
        f" LEFT JOIN {source(child)} ON {alias}.{column} = {parent.alias}.id{extra}{where(found)}"
        f" GROUP BY {group}"
    )


def fan_out(draft: Draft) -> str:
    """Two kinds of children of a few parents: every pair of them."""
    parent, options = draft.choose(
        ((CUSTOMERS, (ORDERS, EVENTS, REVIEWS)), (PRODUCTS, (ORDER_ITEMS, REVIEWS)))
    )
    first, second = draft.some(options, 2, 2)
    key = {"c": "customer_id", "p": "product_id"}[parent.alias]
    found = [draft.choose(parent.few)(draft, parent.alias), draft.choose(second.many)(draft, second.alias)]
    return (
        f"SELECT {aggregates(draft, first, 2)} FROM {source(parent)}"
        f" JOIN {source(first)} ON {first.alias}.{key} = {parent.alias}.id"
        f" JOIN {source(second)} ON {second.alias}.{key} = {parent.alias}.id{where(found)}"
    )


def unequal_join(draft: Draft) -> str:
    """Pairs of rows of two tables by an order between them: nothing to hash."""
    left, right, bound = draft.choose(
        (
            (PRODUCTS, ORDER_ITEMS, "i.unit_price > p.price"),
            (CUSTOMERS, ORDERS, "o.total > c.credit"),
            (PRODUCTS, REVIEWS, "r.product_id < p.supplier_id"),
            (ORDERS, REVIEWS, "r.created BETWEEN o.order_date - 3 AND o.order_date"),
            (CUSTOMERS, REVIEWS, "r.created < c.signup_date"),
            (ORDERS, EVENTS, "e.happened_at::date = o.order_date"),
        )
    )
    found = [draft.choose(table.few)(draft, table.alias) for table in (left, right)]
    joined = f"{source(left)} JOIN {source(right)} ON {bound}"
    return f"SELECT {aggregates(draft, left, 1)} FROM {joined}{where(found)}"


def _joined(draft: Draft, selective: float) -> tuple[list[Table], str]:
    """Return a child with some of its parents, and FROM to WHERE of their join."""
    tables = [draft.choose((ORDER_ITEMS, ORDER_ITEMS, ORDERS, REVIEWS, EVENTS, CUSTOMERS))]
    text = f"FROM {source(tables[0])}"
    for _ in range(draft.choose((1, 1, 2, 2, 3, 4))):
        free = [
            (table, column, alias)
            for table in tables
            for column, alias in parents(table.alias)
            if _BY_ALIAS[alias] not in tables
        ]
        if not free:
            break
        table, column, alias = draft.choose(free)
        tables.append(_BY_ALIAS[alias])
        text += f" JOIN {source(tables[-1])} ON {alias}.id = {table.alias}.{column}"
    first, *others = draft.some(tables, 1, 2)
    found = conditions(draft, first, selective, 1)
    for table in others:
        # Two selective conditions would name different rows of a key that is joined: no row at all.
        found += conditions(draft, table, 0.0, 1)
    return tables, text + where(found)
