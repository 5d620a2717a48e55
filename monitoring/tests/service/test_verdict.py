import pytest

from monitoring.service.group_testing import run_groups
from monitoring.service.outcome import Outcome
from monitoring.service.thresholds import Thresholds
from monitoring.service.verdict import reach_verdict

THRESHOLDS = Thresholds()
DRIFT = Outcome("data_drift", "DriftedColumnsCount", "FAIL", "9 of 13 features drifted")
NO_DRIFT = Outcome("data_drift", "DriftedColumnsCount", "SUCCESS", "1 of 13 features drifted")
WORSE = Outcome("multi_class_classification", "Accuracy", "FAIL", "0.5; in the reference 0.9")
AS_GOOD = Outcome("multi_class_classification", "Accuracy", "SUCCESS", "0.9; in the reference 0.9")
BROKEN = Outcome("multi_class_classification", "F1Score", "ERROR", "not a number")
MISSING = Outcome("data_quality", "MissingValueCount", "FAIL", "many", "width")


def verdict(*outcomes, rows=500):
    return reach_verdict(outcomes, rows, THRESHOLDS)


def test_too_few_rows_give_no_verdict_whatever_failed():
    reached = verdict(DRIFT, WORSE, rows=499)
    assert (reached.retrain, reached.status) == (None, "insufficient_data")
    assert "499 current rows" in reached.reason
    assert "500" in reached.reason


@pytest.mark.parametrize(
    "outcomes", [(DRIFT,), (WORSE,), (NO_DRIFT, WORSE), (DRIFT, AS_GOOD), (WORSE, BROKEN)]
)
def test_a_worse_model_or_drifted_features_are_a_reason(outcomes):
    reached = verdict(*outcomes)
    assert (reached.retrain, reached.status) == (True, "retrain")
    assert "13 features" in reached.reason or "Accuracy: 0.5" in reached.reason


def test_the_same_reason_of_two_groups_is_said_once():
    again = Outcome("no_target_performance", DRIFT.metric, "FAIL", DRIFT.description)
    assert verdict(DRIFT, again).reason == "DriftedColumnsCount: 9 of 13 features drifted"


def test_missing_values_are_to_be_mended_not_trained_on():
    reached = verdict(NO_DRIFT, AS_GOOD, MISSING)
    assert (reached.retrain, reached.status) == (False, "keep")
    assert reached.reason == "features and performance as on the reference"


@pytest.mark.parametrize("outcomes", [(MISSING,), (BROKEN,), (NO_DRIFT, BROKEN)])
def test_what_was_not_tested_or_could_not_be_gives_no_verdict(outcomes):
    assert verdict(*outcomes).retrain is None


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        ({}, "keep"),
        ({"shift": 2.0}, "keep"),
        ({"correct": 0.6}, "retrain"),
    ],
)
def test_five_hundred_rows_are_judged(compare, labelled, current, expected):
    comparison = compare(labelled(rows=500), labelled(rows=500, seed=1, **current))
    outcomes = run_groups(comparison, None, THRESHOLDS)
    assert reach_verdict(outcomes, 500, THRESHOLDS).status == expected


def test_the_share_of_drifted_features_is_a_setting(compare, labelled):
    comparison = compare(labelled(rows=500), labelled(rows=500, seed=1, shift=2.0))
    strict = Thresholds(drift_share=0.3)
    assert reach_verdict(run_groups(comparison, None, strict), 500, strict).status == "retrain"
