"""Queries of a single table."""

# ruff: noqa: S608 - the parts that are put together are all this package's own

from predictor.workload.draft import Draft
from predictor.workload.draws import Number
from predictor.workload.families.parts import aggregates, columns, conditions, limit, source, where
from predictor.workload.tables import LARGE, TABLES


def look_up(draft: Draft) -> str:
    """Few rows by a selective condition."""
    table = draft.choose(TABLES)
    first = draft.choose(table.few)
    others = [predicate for predicate in table.many if predicate.column != first.column]
    chosen = [first, *draft.some(others, 1, 1)] if draft.chance(0.4) else [first]
    found = [predicate(draft, table.alias) for predicate in chosen]
    return f"SELECT {columns(draft, table)} FROM {source(table)}{where(found)}"


def filtered_total(draft: Draft) -> str:
    """Aggregates over the rows that meet some conditions."""
    table = draft.choose(LARGE)
    found = conditions(draft, table, most=3)
    return f"SELECT {aggregates(draft, table)} FROM {source(table)}{where(found)}"


def either(draft: Draft) -> str:
    """Rows that meet one of two conditions."""
    table = draft.choose(LARGE)
    first, second = (draft.choose(kind)(draft, table.alias) for kind in (table.few, table.few + table.many))
    return f"SELECT {aggregates(draft, table, 1)} FROM {source(table)} WHERE ({first} OR {second})"


def first_rows(draft: Draft) -> str:
    """The first rows in some order."""
    table = draft.choose(LARGE)
    order = ", ".join(f"{table.alias}.{name}" for name in draft.some(table.order, 1, 2))
    way = draft.choose(("", " DESC"))
    found = conditions(draft, table, 0.2) if draft.chance(0.8) else []
    rest = f" ORDER BY {order}{way}{limit(draft)}"
    return f"SELECT {columns(draft, table)} FROM {source(table)}{where(found)}{rest}"


def any_rows(draft: Draft) -> str:
    """Some rows in no order: the scan ends early."""
    table = draft.choose(LARGE)
    found = conditions(draft, table, 0.3)
    return f"SELECT {columns(draft, table)} FROM {source(table)}{where(found)}{limit(draft, 5, 60)}"


def pattern(draft: Draft) -> str:
    """Texts that match a pattern."""
    table = draft.choose([table for table in TABLES if table.patterns])
    found = [draft.choose(table.patterns)(draft, table.alias)]
    if draft.chance(0.5):
        found += conditions(draft, table, 0.2, 1)
    if draft.chance(0.3):
        return f"SELECT {columns(draft, table)} FROM {source(table)}{where(found)}{limit(draft, 10, 40)}"
    return f"SELECT {aggregates(draft, table, 1)} FROM {source(table)}{where(found)}"


def grouped(draft: Draft) -> str:
    """Groups, few or many of them."""
    table = draft.choose(LARGE)
    names = draft.some((*table.small_groups, *table.large_groups), 1, 2)
    group = ", ".join(f"{table.alias}.{name}" for name in names)
    found = conditions(draft, table, 0.1) if draft.chance(0.7) else []
    having = f" HAVING count(*) > {draft.one(Number(1, 5))}" if draft.chance(0.3) else ""
    order = f" ORDER BY count(*) DESC{limit(draft)}" if draft.chance(0.4) else ""
    rest = f" GROUP BY {group}{having}{order}"
    return f"SELECT {group}, {aggregates(draft, table)} FROM {source(table)}{where(found)}{rest}"


def distinct(draft: Draft) -> str:
    """Different values, listed or counted."""
    table = draft.choose(LARGE)
    found = conditions(draft, table, 0.1) if draft.chance(0.7) else []
    names = [f"{table.alias}.{name}" for name in draft.some((*table.large_groups, *table.small_groups), 1, 2)]
    if draft.chance(0.4):
        listed = ", ".join(f"count(DISTINCT {name})" for name in names)
        return f"SELECT {listed} FROM {source(table)}{where(found)}"
    return f"SELECT count(*) FROM (SELECT DISTINCT {', '.join(names)} FROM {source(table)}{where(found)}) d"
