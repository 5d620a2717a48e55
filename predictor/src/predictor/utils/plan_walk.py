"""A plan as a list of steps: how often each runs, and how much of it is asked for, as the planner expects."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Node = Mapping[str, Any]

SEQ_SCANS = frozenset({"Seq Scan", "Sample Scan"})
INDEX_SCANS = frozenset({"Index Scan", "Index Only Scan"})
BITMAP_SCANS = frozenset({"Bitmap Heap Scan"})
JOINS = frozenset({"Nested Loop", "Hash Join", "Merge Join"})
SORTS = frozenset({"Sort", "Incremental Sort"})

_BLOCKING = frozenset({"Sort", "Hash", "Bitmap Index Scan", "BitmapAnd", "BitmapOr", "Memoize"})
"""Steps that use all of their input before they give their first row."""

_CPU_TUPLE_COST = 0.01
"""PostgreSQL's default for handling one row."""


@dataclass(frozen=True)
class Step:
    """One node of a plan.

    Args:
        node: as EXPLAIN gives it.
        depth: steps above it.
        subquery_depth: sub-queries that it lies in.
        repeats: how often it is run from its start.
        share: part of its rows that is asked for in a run, from 0 to 1; less than 1 below a LIMIT.
        inputs: rows that its children give it in a run, in their order.
        own_cost: the planner's cost of a run without that of its children.
        table_rows: rows of the table that it reads, None when it reads none or one that is not known.
    """

    node: Node
    depth: int
    subquery_depth: int
    repeats: float
    share: float
    inputs: tuple[float, ...]
    own_cost: float
    table_rows: float | None

    @property
    def kind(self) -> str:
        """The node's type, such as `Seq Scan`."""
        return str(self.node["Node Type"])

    @property
    def rows(self) -> float:
        """Rows that it gives in all its runs."""
        return float(self.node["Plan Rows"]) * self.share * self.repeats

    @property
    def input_rows(self) -> float:
        """Rows that it gets in all its runs."""
        return sum(self.inputs) * self.repeats

    @property
    def rows_read(self) -> float | None:
        """Rows that it looks at in all its runs; None for a sequential scan of a table that is not known."""
        if self.kind in SEQ_SCANS:
            return None if self.table_rows is None else self.table_rows * self.share * self.repeats
        return max(self.rows, self.input_rows)

    @property
    def cost(self) -> float:
        """The planner's cost of all its runs, without that of its children."""
        return self.own_cost * self.repeats


def walk(plan: Node, table_rows: Mapping[str, float]) -> tuple[Step, ...]:
    """Return the steps of a plan, parents before children.

    Args:
        plan: the `Plan` of a document of EXPLAIN (FORMAT JSON).
        table_rows: rows of tables, by schema and name with a dot between.
    """
    return tuple(_walk(plan, _Place(), table_rows))


def total(values: Iterable[float | None]) -> float | None:
    """Return a sum, None when a part of it is not known."""
    listed = list(values)
    return None if None in listed else float(sum(value for value in listed if value is not None))


def relation_name(node: Node) -> str | None:
    """Return the table that a node reads, with the schema that EXPLAIN (VERBOSE) says; None without one."""
    if "Relation Name" not in node:
        return None
    return ".".join(str(node[key]) for key in ("Schema", "Relation Name") if key in node)


@dataclass(frozen=True)
class _Place:
    """Where a node stands; `missed` is the part of its runs that a cache in it cannot answer."""

    depth: int = 0
    subquery_depth: int = 0
    repeats: float = 1.0
    share: float = 1.0
    missed: float = 1.0


@dataclass(frozen=True)
class _Child:
    """A child in one run of its parent; `charged` is how many runs of it the parent's cost holds."""

    node: Node
    repeats: float = 1.0
    share: float = 1.0
    charged: float = field(default=-1.0)
    missed: float = 1.0

    @property
    def cost(self) -> float:
        return (self.repeats if self.charged < 0 else self.charged) * _cost(self.node, self.share)

    @property
    def rows(self) -> float:
        return self.repeats * self.share * float(self.node["Plan Rows"])


def _walk(node: Node, place: _Place, table_rows: Mapping[str, float]) -> Iterator[Step]:
    name = relation_name(node)
    known = None if name is None else table_rows.get(name)
    children = [_child(node, child, place, known) for child in node.get("Plans", ())]
    yield Step(
        node=node,
        depth=place.depth,
        subquery_depth=place.subquery_depth,
        repeats=place.repeats,
        share=place.share,
        inputs=tuple(child.rows for child in children if not _is_subquery(child.node)),
        own_cost=max(0.0, _cost(node, place.share) - sum(child.cost for child in children)),
        table_rows=known,
    )
    for child in children:
        # An initial plan runs once however often its node does.
        initial = child.node.get("Parent Relationship") == "InitPlan"
        repeats = 1.0 if initial else place.repeats * child.repeats
        nested = place.subquery_depth + (
            _is_subquery(child.node) or child.node["Node Type"] == "Subquery Scan"
        )
        yield from _walk(
            child.node, _Place(place.depth + 1, nested, repeats, child.share, child.missed), table_rows
        )


def _is_subquery(node: Node) -> bool:
    return node.get("Parent Relationship") in ("InitPlan", "SubPlan")


def _cost(node: Node, share: float) -> float:
    startup, total = float(node["Startup Cost"]), float(node["Total Cost"])
    return startup + share * (total - startup)


def _child(parent: Node, child: Node, place: _Place, table_rows: float | None) -> _Child:
    """Return a child with how often one run of its parent runs it, and how much of it that asks for."""
    relation = child.get("Parent Relationship")
    if relation == "InitPlan":
        return _Child(child)
    if relation == "SubPlan":
        return _subplan(parent, child, place.share, table_rows)
    kind = parent["Node Type"]
    if kind == "Nested Loop" and relation == "Inner":
        return _inner(parent, child, place.share)
    if kind == "Memoize":
        return _Child(child, repeats=place.missed, charged=1.0)
    if kind == "Limit":
        return _Child(child, share=_asked_for(parent, child))
    return _Child(child, share=1.0 if _blocks(parent) else place.share)


def _blocks(node: Node) -> bool:
    if node["Node Type"] == "Aggregate":
        return node.get("Strategy") != "Sorted"
    return node["Node Type"] in _BLOCKING


def _asked_for(limit: Node, child: Node) -> float:
    """Return the part of a child's rows that a LIMIT (with its OFFSET, which only the cost shows) uses."""
    startup, total = float(child["Startup Cost"]), float(child["Total Cost"])
    if total <= startup:
        return 1.0
    return min(1.0, max(0.0, (float(limit["Total Cost"]) - startup) / (total - startup)))


def _inner(loop: Node, child: Node, share: float) -> _Child:
    """Return the inner side of a nested loop, run once for each row of the outer side."""
    outer = loop["Plans"][0]
    rows = max(1.0, float(outer["Plan Rows"]))
    spent = float(loop["Total Cost"]) - float(outer["Total Cost"]) - 2 * _CPU_TUPLE_COST * rows
    whole = rows * max(float(child["Total Cost"]), _CPU_TUPLE_COST)
    # Whatever the inner side saves when it is run again (caches, kept rows) is missing from the loop's cost.
    missed = min(1.0, max(1.0 / rows, spent / whole))
    return _Child(child, repeats=max(1.0, share * rows), missed=missed)


def _subplan(parent: Node, child: Node, share: float, table_rows: float | None) -> _Child:
    """Return a sub-query of an expression: run once if it is hashed, else for each row that reaches it.

    The planner charges a filter's sub-query for every row of a table, though it is asked last, after
    the filter's cheaper conditions.
    """
    name = str(child.get("Subplan Name", ""))
    filters = " ".join(str(parent.get(key, "")) for key in ("Filter", "Join Filter", "One-Time Filter"))
    if name and f"hashed {name}" in f"{filters} {parent.get('Output', '')}":
        return _Child(child)
    rows = float(parent["Plan Rows"])
    if name and name in filters:
        read = rows if table_rows is None or parent["Node Type"] != "Seq Scan" else table_rows
        alone = " AND " not in filters and "Index Cond" not in parent
        return _Child(
            child, repeats=max(1.0, share * (read if alone else rows)), charged=max(1.0, share * read)
        )
    return _Child(child, repeats=max(1.0, share * rows))
