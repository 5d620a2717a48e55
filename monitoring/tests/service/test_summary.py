from monitoring.service.outcome import Outcome
from monitoring.service.summary import Count, summarize
from monitoring.service.thresholds import Thresholds

OUTCOMES = [
    Outcome("data_drift", "DriftedColumnsCount", "SUCCESS", "1 of 2"),
    Outcome("data_drift", "ValueDrift", "FAIL", "drift", "width"),
    Outcome("data_drift", "ValueDrift", "SUCCESS", "no drift", "length"),
    Outcome("data_drift", "HasValues", "FAIL", "nothing", "petals"),
    Outcome("multi_class_classification", "F1ByLabel", "ERROR", "not a number", label="rose"),
    Outcome("no_target_performance", "ValueDrift", "FAIL", "drift", "prediction"),
]


def test_every_test_is_counted_once():
    summary = summarize(OUTCOMES, 36, Thresholds())
    assert summary.count == Count(6, {"SUCCESS": 2, "FAIL": 3, "ERROR": 1})
    assert (summary.count.success, summary.count.failed) == (2, 4)
    assert sum(count.total for count in summary.by_group.values()) == 6
    assert summary.by_group["data_drift"].by_status == {"SUCCESS": 2, "FAIL": 2, "ERROR": 0}


def test_what_did_not_pass_is_named_with_its_group():
    assert summarize(OUTCOMES, 36, Thresholds()).failed == [
        "data_drift: ValueDrift(width)",
        "data_drift: HasValues(petals)",
        "multi_class_classification: F1ByLabel(rose)",
        "no_target_performance: ValueDrift(prediction)",
    ]


def test_drifted_features_are_those_of_data_drift_alone():
    assert summarize(OUTCOMES, 36, Thresholds()).drifted_features == ["width"]
    assert summarize(OUTCOMES[:1], 36, Thresholds()).drifted_features == []
    assert summarize(OUTCOMES[4:], 36, Thresholds()).drifted_features is None
