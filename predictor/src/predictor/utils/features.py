"""What a model may know of a query before it runs: one row for each feature.

The first twelve describe the query's history and surroundings, the others what EXPLAIN says of its plan.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["flag", "count", "number"]


@dataclass(frozen=True)
class Feature:
    """One feature.

    Args:
        name: column of `metrics_pg_stats_query`, of imported files and key of requests.
        meaning: one line for the documentation, with the unit.
        kind: `flag` is 0 or 1, `count` a whole number, `number` any.
        most: largest value that is accepted; the least is 0.
        skewed: whether it spans magnitudes, so that models see its logarithm.
    """

    name: str
    meaning: str
    kind: Kind = "number"
    most: float = 1e15
    skewed: bool = True


HISTORY_FEATURES = (
    Feature("query_calls_per_hour", "Calls in an hour, before this window"),
    Feature("mean_table_size_mb", "Mean size of the tables that it reads, in megabytes"),
    Feature("index_count", "Indexes on those tables", "count", 1e6),
    Feature("has_seq_scan", "The plan scans a table from end to end", "flag", 1, skewed=False),
    Feature("has_nested_loop", "The plan joins by a nested loop", "flag", 1, skewed=False),
    Feature("subquery_depth", "How deep sub-queries are nested", "count", 1000, skewed=False),
    Feature("concurrent_queries_avg", "Queries running at the same time, this one included", most=1e6),
    Feature("available_memory_pct", "Available memory of the machine, in per cent", most=100, skewed=False),
    Feature("std_dev_calls", "Standard deviation of the calls in an hour, before this window"),
    Feature("peak_hour_calls", "Most calls in a single hour, before this window"),
    Feature("table_row_count", "Rows of the tables that it reads, together"),
    Feature("avg_row_width_bytes", "Mean width of a row of those tables, in bytes", most=1e9),
)

PLAN_FEATURES = (
    Feature("plan_total_cost", "The planner's cost of the whole plan"),
    Feature("plan_startup_cost", "The planner's cost up to the first row"),
    Feature("plan_largest_cost", "The planner's largest cost of a step, were it run to its end"),
    Feature("plan_rows", "Rows that the planner expects"),
    Feature("plan_width_bytes", "Width of such a row, in bytes", most=1e9),
    Feature("plan_node_count", "Steps of the plan", "count", 1e6),
    Feature("plan_join_count", "Joins among them", "count", 1e6, skewed=False),
    Feature("plan_rows_processed", "Rows that all steps together give, repeats included"),
    Feature(
        "plan_least_share",
        "Smallest part of its rows that a step is asked for, from 0 to 1; below 1 under a LIMIT",
        most=1,
        skewed=False,
    ),
    Feature("seq_scan_cost", "The planner's cost of the sequential scans, repeats included"),
    Feature("seq_scan_rows_read", "Rows that sequential scans read, repeats included"),
    Feature(
        "seq_scan_selectivity",
        "Part of the rows read by sequential scans that is let through, from 0 to 1; 1 without one",
        most=1,
        skewed=False,
    ),
    Feature("index_scan_cost", "The planner's cost of the index scans, repeats included"),
    Feature("index_scan_rows", "Rows that index scans give, repeats included"),
    Feature("index_scan_runs", "How often an index is searched"),
    Feature("bitmap_scan_rows", "Rows that bitmap scans give, repeats included"),
    Feature("nested_loop_runs", "How often nested loops run their inner side"),
    Feature("hash_build_rows", "Rows that hash joins put into their hash tables"),
    Feature("hash_mb", "Size of all hash tables, of joins and of aggregates, in megabytes"),
    Feature("sort_rows", "Rows that are sorted, repeats included"),
    Feature("sort_mb", "Size of what all sorts hold, in megabytes"),
    Feature("work_mem_mb", "Memory that one sort or hash may take, in megabytes", most=1e9),
    Feature(
        "spill_ratio",
        "Largest sort or hash table as a multiple of the memory that it may take; above 1 it spills",
    ),
    Feature("aggregate_input_rows", "Rows that are aggregated or made distinct"),
    Feature("aggregate_cost", "The planner's cost of the aggregates"),
    Feature("subplan_runs", "How often sub-queries in expressions are run"),
    Feature("filter_evaluations", "Conditions of filters times the rows that they are put to"),
    Feature("like_match_rows", "Rows whose text is compared by LIKE"),
    Feature("regex_match_rows", "Rows whose text is compared by a regular expression"),
    Feature(
        "unestimated_conditions",
        "Conditions on a computed value, whose selectivity the planner does not know",
        "count",
        1e6,
        skewed=False,
    ),
    Feature(
        "parallel_workers_planned", "Parallel workers that the plan asks for", "count", 1e6, skewed=False
    ),
)

FEATURES = (*HISTORY_FEATURES, *PLAN_FEATURES)
NAMES = tuple(feature.name for feature in FEATURES)
BY_NAME = {feature.name: feature for feature in FEATURES}
