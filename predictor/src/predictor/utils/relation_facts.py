"""What the catalogue tells of the tables that a plan reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from predictor.utils.plan_walk import Node, relation_name, total

NAMES = ("mean_table_size_mb", "index_count", "table_row_count", "avg_row_width_bytes")

_MEGABYTE = 1024.0 * 1024.0


@dataclass(frozen=True)
class Relation:
    """One table by PostgreSQL's catalogue.

    Args:
        schema: that it lies in.
        name: its own.
        size_bytes: on disk, without indexes.
        rows: that the statistics count; None when it was never analysed.
        row_width_bytes: mean over its rows by the statistics; None when it was never analysed.
        index_count: its indexes.
    """

    schema: str
    name: str
    size_bytes: int
    rows: float | None
    row_width_bytes: float | None
    index_count: int


def by_name(relations: Iterable[Relation]) -> dict[str, Relation]:
    """Index tables by schema and name with a dot between, as plans name them."""
    return {f"{relation.schema}.{relation.name}": relation for relation in relations}


def table_rows(relations: Mapping[str, Relation]) -> dict[str, float]:
    """Return the rows of those tables whose number is known."""
    return {name: relation.rows for name, relation in relations.items() if relation.rows is not None}


def relations_of(document: Any) -> frozenset[str]:
    """Return the tables that a plan reads, from the answer to EXPLAIN (VERBOSE, FORMAT JSON)."""
    root = document[0] if isinstance(document, list) else document
    return frozenset(_names(root["Plan"]))


def relation_facts(document: Any, relations: Mapping[str, Relation]) -> dict[str, float | None]:
    """Return the features that describe the tables of a plan; None where statistics are missing."""
    names = relations_of(document)
    read = [relations[name] for name in names if name in relations]
    if len(read) < len(names):
        return dict.fromkeys(NAMES)
    if not read:
        return dict.fromkeys(NAMES, 0.0)
    return {
        "mean_table_size_mb": sum(relation.size_bytes for relation in read) / len(read) / _MEGABYTE,
        "index_count": float(sum(relation.index_count for relation in read)),
        "table_row_count": total(relation.rows for relation in read),
        "avg_row_width_bytes": _mean(relation.row_width_bytes for relation in read),
    }


def _names(node: Node) -> Iterable[str]:
    name = relation_name(node)
    if name is not None:
        yield name
    for child in node.get("Plans", ()):
        yield from _names(child)


def _mean(values: Iterable[float | None]) -> float | None:
    listed = list(values)
    whole = total(listed)
    return None if whole is None else whole / len(listed)
