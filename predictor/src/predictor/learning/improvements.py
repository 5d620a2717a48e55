"""What could help a query, each as the features that it would have then.

Costs follow the planner's own model and its default constants (PostgreSQL's documentation, "Planner Cost
Constants"); what a query would really cost then only EXPLAIN on the changed database can tell.
"""

import math
from collections.abc import Mapping
from typing import Protocol

Features = Mapping[str, float | None]
Changed = dict[str, float | None]

SELECTIVE = 0.1
MANY_RUNS = 100.0
RANDOM_PAGE_COST = 4.0
CPU_TUPLE_COST = 0.01
CPU_INDEX_TUPLE_COST = 0.005
CPU_OPERATOR_COST = 0.0025
DESCENT_COST = 0.5
HASHED_ROW_BYTES = 48.0
MEGABYTE = 1024.0 * 1024.0


class Improvement(Protocol):
    """One improvement: whether it fits a query, and the query's features with it."""

    name: str
    assumption: str

    def applies(self, features: Features) -> bool:
        """Tell whether the query has what this would help."""

    def improved(self, features: Features) -> Changed:
        """Give the features that change."""


class IndexForSequentialScan:
    """An index where tables are read from end to end for few of their rows."""

    name = "index_for_sequential_scan"
    assumption = "an index on the filtered columns takes the place of a sequential scan that keeps few rows"

    def applies(self, features: Features) -> bool:
        """Tell whether scans keep at most a tenth of what they read; without this number it is supposed."""
        selectivity = features.get("seq_scan_selectivity")
        return value(features, "has_seq_scan") > 0 and (selectivity is None or selectivity <= SELECTIVE)

    def improved(self, features: Features) -> Changed:
        """Read only what is kept, by one more index."""
        changed: Changed = {"has_seq_scan": 0.0, **added(features, index_count=1.0)}
        read, selectivity = features.get("seq_scan_rows_read"), features.get("seq_scan_selectivity")
        if read is None or selectivity is None:
            return changed
        kept, before = read * selectivity, value(features, "seq_scan_cost")
        cost = min(before, DESCENT_COST + kept * (RANDOM_PAGE_COST + CPU_TUPLE_COST + CPU_INDEX_TUPLE_COST))
        changed |= added(
            features,
            seq_scan_cost=-before,
            seq_scan_rows_read=-read,
            index_scan_cost=cost,
            index_scan_rows=kept,
            index_scan_runs=1.0,
            filter_evaluations=kept - read,
            like_match_rows=kept - read,
            regex_match_rows=kept - read,
        )
        return (
            changed
            | added(features, seq_scan_selectivity=1.0 - selectivity)
            | cheaper(features, before - cost)
        )


class HashOrMergeJoin:
    """One pass over both sides in place of one look at the inner side for each outer row."""

    name = "hash_or_merge_join"
    assumption = "a hash or merge join takes the place of a nested loop over many rows"

    def applies(self, features: Features) -> bool:
        """Tell whether the inner side runs a hundred times or more; without the number it is supposed."""
        runs = features.get("nested_loop_runs")
        return value(features, "has_nested_loop") > 0 and (runs is None or runs >= MANY_RUNS)

    def improved(self, features: Features) -> Changed:
        """Read the inner side once, against a hash table of the outer rows."""
        runs = features.get("nested_loop_runs")
        gone: Changed = {"has_nested_loop": 0.0}
        return gone if runs is None else gone | hashed(features, runs) | {"nested_loop_runs": 0.0}


class FlattenedSubquery:
    """A join in place of a sub-query that runs again for each row."""

    name = "flattened_subquery"
    assumption = "the sub-query is written as a join, so that it does not run again for each row"

    def applies(self, features: Features) -> bool:
        """Tell whether a sub-query runs more than once; without the number, whether there is one."""
        runs = features.get("subplan_runs")
        return value(features, "subquery_depth") > 0 and (runs is None or runs > 1)

    def improved(self, features: Features) -> Changed:
        """Run it once, and join what it gives by a hash table."""
        runs = features.get("subplan_runs")
        gone: Changed = {"subquery_depth": max(0.0, value(features, "subquery_depth") - 1.0)}
        if runs is None:
            return gone
        joined = added(features, plan_join_count=1.0)
        return gone | hashed(features, runs) | joined | {"subplan_runs": 0.0}


class MoreMemory:
    """Memory for what would be written to disk."""

    name = "more_memory"
    assumption = "work_mem is large enough that no sort and no hash is written to disk"

    def applies(self, features: Features) -> bool:
        """Tell whether a sort or a hash is expected to need more than it may take."""
        return value(features, "spill_ratio") > 1 and value(features, "work_mem_mb") > 0

    def improved(self, features: Features) -> Changed:
        """Double the memory until it suffices."""
        factor = 2.0 ** math.ceil(math.log2(value(features, "spill_ratio")))
        return {
            "work_mem_mb": value(features, "work_mem_mb") * factor,
            "spill_ratio": value(features, "spill_ratio") / factor,
        }


IMPROVEMENTS: tuple[Improvement, ...] = (
    IndexForSequentialScan(),
    HashOrMergeJoin(),
    FlattenedSubquery(),
    MoreMemory(),
)


def value(features: Features, name: str) -> float:
    """Give a feature, 0 where it is not known."""
    return features.get(name) or 0.0


def added(features: Features, **more: float) -> Changed:
    """Add to features that are known, never below 0."""
    return {
        name: max(0.0, value(features, name) + number)
        for name, number in more.items()
        if features.get(name) is not None
    }


def cheaper(features: Features, saving: float) -> Changed:
    """Take a saving off the costs of the plan, which never costs less than a look at one row."""
    changed: Changed = {}
    for name in ("plan_total_cost", "plan_startup_cost", "plan_largest_cost"):
        before = features.get(name)
        if before is not None:
            changed[name] = max(min(before, CPU_TUPLE_COST), before - max(0.0, saving))
    return changed


def hashed(features: Features, runs: float) -> Changed:
    """Read once what is read in each of `runs`, against a hash table with as many rows."""
    read, cost = value(features, "seq_scan_rows_read"), value(features, "seq_scan_cost")
    again = max(0.0, read - value(features, "table_row_count"))
    join = runs * (CPU_TUPLE_COST + CPU_OPERATOR_COST)
    table = {"hash_build_rows": runs, "hash_mb": runs * HASHED_ROW_BYTES / MEGABYTE}
    if again:
        saving = cost * again / read
        less = {"seq_scan_rows_read": -again, "seq_scan_cost": -saving, "filter_evaluations": -again}
    else:
        looks = min(runs, value(features, "index_scan_runs"))
        share = looks / max(1.0, value(features, "index_scan_runs"))
        saving = value(features, "index_scan_cost") * share / 2.0  # the other half reads the rows, once
        less = {"index_scan_runs": -looks, "index_scan_cost": -saving}
    return added(features, **table, **less) | cheaper(features, saving - join)
