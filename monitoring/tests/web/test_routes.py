"""Monitoring over HTTP on a real database."""

import json

import numpy as np
import pandas as pd
import pytest

from monitoring.service.checks.groups import GROUPS
from servicekit.testing import assert_error

ROUTE = "/root/monitoring"
FIVE = dict.fromkeys(
    ["data_drift", "data_quality", "data_stability", "no_target_performance", "multi_class_classification"],
    True,
)


@pytest.fixture
def wine(store, flowers, labelled):
    """The default source with both sets predicted."""
    schema = type(flowers)("wine", flowers.columns, flowers.target)
    current = labelled(seed=1, shift=3.0)
    current.features.loc[::10, "width"] = np.nan
    store(schema, "testing", labelled())
    store(schema, "production", current)
    return schema


def ask(client, metric, status=200, **more):
    answer = client.post(ROUTE, json={"metric": metric, **more})
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.mimetype == "application/json"
    return json.loads(answer.get_data(), parse_constant=pytest.fail)["message"]


def test_it_says_what_it_is(client):
    assert client.get(ROUTE).get_json() == {"name": "EvidentlyAI", "message": "Monitoring"}


def test_a_report_has_drift_quality_target_drift_and_classification(client, wine):
    report = ask(client, "report")
    assert {row["group"] for row in report["metrics"]} == {
        "data_drift",
        "data_quality",
        "target_drift",
        "classification",
    }
    drift = next(
        row for row in report["metrics"] if row["metric_name"].startswith("ValueDrift(column=length")
    )
    assert (drift["column"], drift["drifted"], drift["error"]) == ("length", True, None)
    assert drift["config"]["method"] == "K-S p_value"
    assert {"length", "width"} <= set(report["drifted_features"])
    assert report["sets"]["reference"] == {"dataset": "testing", "rows": 50, "rows_looked_at": 50}
    assert (report["sets"]["source"], report["sets"]["model_version"]) == ("wine", "v1")


def test_the_tests_are_answered_one_by_one(client, wine):
    answer = ask(client, "tests")
    assert {test["group"] for test in answer["tests"]} == set(FIVE)
    assert {test["status"] for test in answer["tests"]} == {"SUCCESS", "FAIL"}
    assert all(test["name"] and test["description"] for test in answer["tests"])
    assert answer["summary"]["total_tests"] == len(answer["tests"])


@pytest.mark.parametrize("body", [{}, {"tests": FIVE}, {"tests": None}])
def test_the_summary_counts_all_groups(client, wine, body):
    summary = ask(client, "summary", **body)
    assert summary["all_passed"] is False
    assert summary["total_tests"] == summary["success_tests"] + summary["failed_tests"]
    assert summary["total_tests"] == sum(summary["by_status"].values())
    assert set(summary["by_group"]) == set(FIVE)
    assert "length" in summary["drifted_features"]
    assert "data_drift: ValueDrift(length)" in summary["failed"]
    assert summary["verdict"]["status"] == "insufficient_data"
    assert summary["verdict"]["retrain"] is None
    assert ask(client, "tests")["summary"]["by_status"] == summary["by_status"]


def test_only_the_groups_that_are_true_are_run(client, wine):
    summary = ask(client, "summary", tests={"data_quality": True, "data_drift": False})
    assert set(summary["by_group"]) == {"data_quality"}
    assert summary["drifted_features"] is None
    tests = ask(client, "tests", tests={"data_drift": True})["tests"]
    assert {test["group"] for test in tests} == {"data_drift"}


def test_a_summary_can_pass(client, store, flowers, labelled):
    store(flowers, "testing", labelled())
    summary = ask(client, "summary", source="flowers", reference="testing", current="testing")
    assert summary["all_passed"] is True
    assert (summary["failed_tests"], summary["failed"]) == (0, [])


@pytest.mark.parametrize(
    ("body", "mentions"),
    [
        ({}, "metric"),
        ({"metric": "drift"}, "'report', 'tests' or 'summary'"),
        ({"metric": 1}, "metric"),
        ({"metric": "summary", "tests": {"data_drift": False}}, "at least one"),
        ({"metric": "summary", "tests": {}}, "at least one"),
        ({"metric": "summary", "tests": {"drift": True}}, "data_drift"),
        ({"metric": "tests", "tests": {"drift": False}}, "data_drift"),
        ({"metric": "summary", "tests": {"data_drift": "yes"}}, "tests.data_drift"),
        ({"metric": "summary", "tests": {"data_drift": 1}}, "tests.data_drift"),
        ({"metric": "summary", "tests": ["data_drift"]}, "tests"),
        ({"metric": "report", "tests": {"drift": True}}, "data_drift"),
        ({"metric": "report", "tests": {"data_drift": False}}, "at least one"),
        ({"metric": "report", "source": ""}, "source"),
        ({"metric": "report", "current": 3}, "current"),
        ({"metric": "report", "colour": "red"}, "colour"),
    ],
)
def test_a_bad_request_is_400_and_says_what_to_do(client, wine, body, mentions):
    assert_error(client.post(ROUTE, json=body), 400, mentions)


def test_a_group_for_numbers_does_not_fit_classes(client, wine):
    body = {"metric": "summary", "tests": {"regression_performance": True}}
    assert_error(client.post(ROUTE, json=body), 409, "multi_class_classification")


def test_a_report_says_that_it_has_no_groups_of_tests(client, wine):
    report = ask(client, "report", tests=FIVE)
    assert "`tests` chooses groups of tests" in report["sets"]["notes"][0]
    assert report["metrics"] == ask(client, "report")["metrics"]


def test_the_document_lists_the_groups(client):
    document = client.get("/openapi.json").get_json()
    tests = document["components"]["schemas"]["MonitoringRequest"]["properties"]["tests"]
    assert set(tests["anyOf"][0]["properties"]) == set(GROUPS)


def test_an_unknown_group_is_refused_with_all_known_ones(client):
    answer = client.post(ROUTE, json={"metric": "summary", "tests": {"drift": True}})
    body = assert_error(answer, 400)
    assert all(name in body["message"] for name in GROUPS)


def test_broken_json_and_other_content_are_refused(client):
    assert_error(client.post(ROUTE, data="{", content_type="application/json"), 400)
    assert_error(client.post(ROUTE, data="metric=report"), 415)
    assert_error(client.put(ROUTE), 405)


@pytest.mark.parametrize("metric", ["report", "tests", "summary"])
def test_a_set_that_is_not_loaded_is_409_with_the_call_to_make(client, store, flowers, labelled, metric):
    body = {"metric": metric, "source": "flowers"}
    assert_error(client.post(ROUTE, json=body), 409, '/root/simulator {"set_name": "testing"')
    store(flowers, "testing", labelled())
    assert_error(client.post(ROUTE, json=body), 409, '/root/simulator {"set_name": "production"')


def test_a_set_without_predictions_is_409_with_the_call_to_make(client, store, flowers, labelled):
    store(flowers, "testing", labelled(), model_version=None)
    store(flowers, "production", labelled(seed=1))
    body = {"metric": "summary", "source": "flowers"}
    assert_error(client.post(ROUTE, json=body), 409, 'POST /root/ml {"dataset": "testing"')
    store(flowers, "testing", labelled())
    store(flowers, "production", labelled(seed=1), model_version=None)
    assert_error(client.post(ROUTE, json=body), 409, 'POST /root/ml {"dataset": "production"')


def test_sets_of_two_model_versions_are_409_with_the_calls_to_repeat(client, store, flowers, labelled):
    store(flowers, "testing", labelled(), "v1")
    store(flowers, "production", labelled(seed=1), "v2")
    answer = client.post(ROUTE, json={"metric": "summary", "source": "flowers"})
    message = assert_error(answer, 409, "'v1'")["message"]
    assert '{"dataset": "testing"' in message
    assert '{"dataset": "production"' in message
    assert "'v2'" in message


def test_a_set_without_samples_is_409(client, store, flowers, labelled):
    empty = labelled(rows=1)
    store(flowers, "testing", type(empty)(empty.features[:0], empty.target[:0]), model_version=None)
    assert_error(client.post(ROUTE, json={"metric": "report", "source": "flowers"}), 409, "no samples")


def test_an_empty_feature_is_answered_without_nan(client, store, flowers, labelled):
    current = labelled(seed=1)
    current.features["length"] = np.nan
    current.features["colour"] = pd.Categorical([None] * 50, categories=["red"])
    store(flowers, "testing", labelled())
    store(flowers, "production", current)
    report = ask(client, "report", source="flowers")
    empty = [row for row in report["metrics"] if row["error"]]
    assert [row["column"] for row in empty] == ["length", "colour"]
    assert "data_drift: HasValues(length)" in ask(client, "summary", source="flowers")["failed"]


def test_a_regression_is_answered(client, store, prices, priced):
    store(prices, "testing", priced())
    store(prices, "production", priced(seed=1, error=3.0))
    summary = ask(client, "summary", source="prices")
    assert "regression_performance: RMSE" in summary["failed"]
    answer = client.post(ROUTE, json={"metric": "summary", "source": "prices", "tests": FIVE})
    assert_error(answer, 409, "regression_performance")
    assert {row["group"] for row in ask(client, "report", source="prices")["metrics"]} >= {"regression"}


def test_five_hundred_rows_get_a_verdict(client, store, flowers, labelled):
    store(flowers, "testing", labelled(rows=500))
    store(flowers, "production", labelled(rows=500, seed=1, correct=0.5))
    verdict = ask(client, "summary", source="flowers")["verdict"]
    assert (verdict["retrain"], verdict["status"]) == (True, "retrain")
    assert "Accuracy" in verdict["reason"]


@pytest.mark.parametrize("more_settings", [{"sample_rows": 600}])
def test_a_large_set_is_sampled_and_the_answer_says_so(client, store, flowers, labelled):
    store(flowers, "testing", labelled(rows=900))
    store(flowers, "production", labelled(rows=900, seed=1))
    report = ask(client, "report", source="flowers")
    assert (report["sets"]["current"]["rows"], report["sets"]["current"]["rows_looked_at"]) == (900, 600)
    assert len(report["sets"]["notes"]) == 2
    assert "sample of 600" in report["sets"]["notes"][0]
    assert report == ask(client, "report", source="flowers")


def test_the_page_is_html_and_its_errors_are_json(client, wine):
    page = client.get(f"{ROUTE}/report.html")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "<html" in page.get_data(as_text=True)[:500]
    assert_error(client.get(f"{ROUTE}/report.html?source=flowers"), 409, "not loaded")
    assert_error(client.get(f"{ROUTE}/report.html?colour=red"), 400, "colour")


def test_the_series_show_the_last_run(client, wine):
    summary = ask(client, "summary")
    text = client.get("/metrics").get_data(as_text=True)
    assert f'monitoring_drifted_features{{source="wine"}} {len(summary["drifted_features"])}.0' in text
    verdict = summary["verdict"]["status"]
    assert f'monitoring_verdict{{source="wine",verdict="{verdict}"}} 1.0' in text
    assert text.count('monitoring_verdict{source="wine"') == 3
    assert 'monitoring_last_run_timestamp_seconds{source="wine"}' in text
    for status, count in summary["by_status"].items():
        assert f'monitoring_tests{{source="wine",status="{status}"}} {count}.0' in text


def test_a_database_that_is_away_is_503_and_comes_back(postgres, app):
    client = app.test_client()
    assert client.get("/ready").status_code == 200
    postgres.stop()
    try:
        assert_error(client.post(ROUTE, json={"metric": "report"}), 503, "database")
        assert client.get("/ready").status_code == 503
        assert client.get("/health").status_code == 200
        assert client.get(ROUTE).status_code == 200
    finally:
        postgres.start()
    assert_error(client.post(ROUTE, json={"metric": "report"}), 409, "not loaded")
