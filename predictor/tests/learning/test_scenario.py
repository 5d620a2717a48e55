import math

import pytest

from predictor.learning.improvements import (
    IMPROVEMENTS,
    FlattenedSubquery,
    HashOrMergeJoin,
    IndexForSequentialScan,
    MoreMemory,
)
from predictor.learning.scenario import NOTHING_HELPS, optimize
from predictor.learning.vector import vector
from predictor.utils.features import NAMES

SCAN = {
    "has_seq_scan": 1.0,
    "index_count": 2.0,
    "table_row_count": 1e6,
    "plan_total_cost": 25_000.0,
    "plan_startup_cost": 20_000.0,
    "seq_scan_cost": 24_000.0,
    "seq_scan_rows_read": 1e6,
    "seq_scan_selectivity": 0.0002,
}
LOOP = {
    "has_nested_loop": 1.0,
    "plan_total_cost": 90_000.0,
    "seq_scan_cost": 80_000.0,
    "nested_loop_runs": 1_000.0,
    "table_row_count": 3_000.0,
    "seq_scan_rows_read": 1e6,
    "seq_scan_selectivity": 1.0,
    "hash_build_rows": 0.0,
}
SUBQUERY = {
    "subquery_depth": 2.0,
    "subplan_runs": 500.0,
    "plan_total_cost": 50_000.0,
    "index_scan_runs": 500.0,
    "index_scan_cost": 40_000.0,
}
SPILL = {"spill_ratio": 5.0, "work_mem_mb": 4.0, "plan_total_cost": 9_000.0}


def test_an_index_fits_a_scan_that_keeps_few_rows_only():
    rule = IndexForSequentialScan()
    assert rule.applies(SCAN)
    assert not rule.applies({**SCAN, "seq_scan_selectivity": 0.5})
    assert not rule.applies({**SCAN, "has_seq_scan": 0.0})


def test_an_index_reads_what_is_kept_and_costs_less():
    better = SCAN | IndexForSequentialScan().improved(SCAN)
    assert (better["has_seq_scan"], better["index_count"], better["seq_scan_rows_read"]) == (0.0, 3.0, 0.0)
    assert better["plan_total_cost"] < SCAN["plan_total_cost"] / 5


def test_another_join_fits_a_loop_over_many_rows_only():
    rule = HashOrMergeJoin()
    assert rule.applies(LOOP)
    assert not rule.applies({**LOOP, "nested_loop_runs": 3.0})
    assert not rule.applies({**LOOP, "has_nested_loop": 0.0})


def test_a_hash_join_reads_the_inner_side_once():
    better = LOOP | HashOrMergeJoin().improved(LOOP)
    assert (better["has_nested_loop"], better["nested_loop_runs"]) == (0.0, 0.0)
    assert better["hash_build_rows"] == 1_000.0
    assert better["seq_scan_rows_read"] == pytest.approx(3_000.0)
    assert better["plan_total_cost"] < LOOP["plan_total_cost"] / 5


def test_a_subquery_that_runs_once_is_left_alone():
    rule = FlattenedSubquery()
    assert rule.applies(SUBQUERY)
    assert not rule.applies({**SUBQUERY, "subplan_runs": 1.0})
    assert not rule.applies({**SUBQUERY, "subquery_depth": 0.0})


def test_a_flattened_subquery_lies_one_level_less_deep_and_runs_no_more():
    better = SUBQUERY | FlattenedSubquery().improved(SUBQUERY)
    assert (better["subquery_depth"], better["subplan_runs"]) == (1.0, 0.0)
    assert better["index_scan_runs"] == 0.0
    assert better["plan_total_cost"] < SUBQUERY["plan_total_cost"]


def test_memory_is_doubled_until_it_suffices():
    better = SPILL | MoreMemory().improved(SPILL)
    assert better["work_mem_mb"] == 32.0
    assert better["spill_ratio"] <= 1
    assert not MoreMemory().applies(better)


@pytest.mark.parametrize("features", [SCAN, LOOP, SUBQUERY, SPILL, dict.fromkeys(NAMES, 1.0), {}], ids=str)
def test_no_improvement_makes_a_feature_negative_or_unknown(features):
    for improvement in IMPROVEMENTS:
        if improvement.applies(features):
            changed = improvement.improved(features)
            assert all(
                number is not None and math.isfinite(number) and number >= 0 for number in changed.values()
            )
            assert changed.get("plan_total_cost", 0) <= features.get("plan_total_cost", 0)


def test_the_seeds_features_alone_are_improved_too():
    features = {"has_seq_scan": 1.0, "has_nested_loop": 1.0, "subquery_depth": 1.0, "index_count": 0.0}
    for improvement in (IndexForSequentialScan(), HashOrMergeJoin(), FlattenedSubquery()):
        assert improvement.applies(features)
        features |= improvement.improved(features)
    assert features == {
        "has_seq_scan": 0.0,
        "has_nested_loop": 0.0,
        "subquery_depth": 0.0,
        "index_count": 1.0,
    }


def test_changes_add_up_to_the_difference_of_the_predictions(trained):
    plan = optimize(trained, SCAN | LOOP)
    assert plan.changes
    assert plan.optimized_ms < plan.current_ms
    assert sum(change.change_ms for change in plan.changes) == pytest.approx(
        plan.optimized_ms - plan.current_ms
    )
    assert all(change.change_ms < 0 for change in plan.changes)
    assert all(change.assumption in plan.explanation for change in plan.changes)


def test_the_predictions_are_those_of_the_features(trained):
    plan = optimize(trained, SCAN)
    assert plan.current_ms == pytest.approx(trained.predict(vector(SCAN), 0.9).execution_time_ms)
    assert plan.optimized_ms == pytest.approx(trained.predict(vector(plan.features), 0.9).execution_time_ms)


def test_where_nothing_helps_the_number_stays_and_it_is_said(trained):
    plan = optimize(trained, {"has_seq_scan": 0.0, "has_nested_loop": 0.0, "plan_total_cost": 50.0})
    assert plan.changes == ()
    assert plan.optimized_ms == plan.current_ms
    assert plan.explanation == NOTHING_HELPS


def test_unknown_features_stay_unknown(trained):
    plan = optimize(trained, {"has_seq_scan": 1.0, "index_count": float("nan")})
    assert plan.features["index_count"] is None
    assert set(plan.features) == set(NAMES)
