"""What a plan tells of a query before it runs: sums over its steps, all from the planner's estimates.

The quantities follow the planner's own cost model: rows and costs by kind of step, each multiplied with how
often the step is expected to run. Nothing that an execution measured is looked at, so that a plan gives the
same facts with ANALYZE and without.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from predictor.utils.plan_filters import (
    LIKE,
    REGEX,
    filter_evaluations,
    matched_rows,
    unestimated_conditions,
)
from predictor.utils.plan_memory import memory_facts
from predictor.utils.plan_walk import BITMAP_SCANS, INDEX_SCANS, JOINS, SEQ_SCANS, SORTS, Step, total, walk

Rule = Callable[[Sequence[Step]], float | None]

_AGGREGATES = frozenset({"Aggregate", "Group", "Unique", "SetOp"})


def plan_facts(
    document: Any, work_mem_mb: float, table_rows: Mapping[str, float] | None = None
) -> dict[str, float | None]:
    """Return the features that a plan gives, by their names in `predictor.utils.features`.

    Args:
        document: the answer to EXPLAIN (VERBOSE, FORMAT JSON): a list with one object, or that object.
        work_mem_mb: the setting under which the query is to run, in megabytes.
        table_rows: rows of tables from the catalogue, by schema and name with a dot between; what needs a
            table that is not there is None.
    """
    root = document[0] if isinstance(document, list) else document
    steps = walk(root["Plan"], table_rows or {})
    facts = {name: rule(steps) for name, rule in _RULES.items()}
    return {**facts, **memory_facts(steps, work_mem_mb), "work_mem_mb": float(work_mem_mb)}


def _of(steps: Iterable[Step], kinds: frozenset[str]) -> list[Step]:
    return [step for step in steps if step.kind in kinds]


def _has(kinds: frozenset[str]) -> Rule:
    return lambda steps: float(bool(_of(steps, kinds)))


def _number_of(kinds: frozenset[str]) -> Rule:
    return lambda steps: float(len(_of(steps, kinds)))


def _cost_of(kinds: frozenset[str]) -> Rule:
    return lambda steps: float(sum(step.cost for step in _of(steps, kinds)))


def _rows_of(kinds: frozenset[str]) -> Rule:
    return lambda steps: float(sum(step.rows for step in _of(steps, kinds)))


def _input_of(kinds: frozenset[str]) -> Rule:
    return lambda steps: float(sum(step.input_rows for step in _of(steps, kinds)))


def _root(key: str) -> Rule:
    return lambda steps: float(steps[0].node[key])


def _rows_read(steps: Sequence[Step]) -> float | None:
    return total(step.rows_read for step in _of(steps, SEQ_SCANS))


def _selectivity(steps: Sequence[Step]) -> float | None:
    read = _rows_read(steps)
    if not read:
        return None if read is None else 1.0
    # The planner's number of rows can be above the catalogue's when a table has grown since.
    return min(1.0, sum(step.rows for step in _of(steps, SEQ_SCANS)) / read)


def _loop_runs(steps: Sequence[Step]) -> float:
    return float(sum(step.inputs[0] * step.repeats for step in _of(steps, frozenset({"Nested Loop"}))))


def _subplan_runs(steps: Sequence[Step]) -> float:
    return float(sum(step.repeats for step in steps if step.node.get("Parent Relationship") == "SubPlan"))


def _index_runs(steps: Sequence[Step]) -> float:
    return float(sum(step.repeats for step in _of(steps, INDEX_SCANS | {"Bitmap Index Scan"})))


def _workers(steps: Sequence[Step]) -> float:
    return float(sum(step.node.get("Workers Planned", 0) for step in steps))


_RULES: dict[str, Rule] = {
    "has_seq_scan": _has(SEQ_SCANS),
    "has_nested_loop": _has(frozenset({"Nested Loop"})),
    "subquery_depth": lambda steps: float(max(step.subquery_depth for step in steps)),
    "plan_total_cost": _root("Total Cost"),
    "plan_startup_cost": _root("Startup Cost"),
    "plan_largest_cost": lambda steps: max(float(step.node["Total Cost"]) for step in steps),
    "plan_rows": _root("Plan Rows"),
    "plan_width_bytes": _root("Plan Width"),
    "plan_node_count": lambda steps: float(len(steps)),
    "plan_join_count": _number_of(JOINS),
    "plan_rows_processed": lambda steps: float(sum(step.rows for step in steps)),
    "plan_least_share": lambda steps: min(step.share for step in steps),
    "seq_scan_cost": _cost_of(SEQ_SCANS),
    "seq_scan_rows_read": _rows_read,
    "seq_scan_selectivity": _selectivity,
    "index_scan_cost": _cost_of(INDEX_SCANS),
    "index_scan_rows": _rows_of(INDEX_SCANS),
    "index_scan_runs": _index_runs,
    "bitmap_scan_rows": _rows_of(BITMAP_SCANS),
    "nested_loop_runs": _loop_runs,
    "hash_build_rows": _input_of(frozenset({"Hash"})),
    "sort_rows": _input_of(SORTS),
    "aggregate_input_rows": _input_of(_AGGREGATES),
    "aggregate_cost": _cost_of(_AGGREGATES),
    "subplan_runs": _subplan_runs,
    "filter_evaluations": filter_evaluations,
    "like_match_rows": matched_rows(LIKE),
    "regex_match_rows": matched_rows(REGEX),
    "unestimated_conditions": unestimated_conditions,
    "parallel_workers_planned": _workers,
}
