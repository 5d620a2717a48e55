import math

import pytest

from predictor.utils.features import NAMES
from servicekit.testing import assert_error

PATH = "/api/predict/query-execution"
GUIDE = {"query_hash": 4001, "parameters": {}, "scenario": "current"}


@pytest.fixture
def ready(load, keep_model, history):
    load(history())
    return keep_model()


def predict(client, **changes):
    response = client.post(PATH, json=GUIDE | changes)
    assert response.status_code == 200, response.text
    return response.get_json()


def test_the_guides_request_has_the_guides_keys(client, ready):
    answer = predict(client)
    assert answer["query_hash"] == 4001
    assert answer["predicted_execution_time_ms"] > 0
    assert 0 < answer["confidence_score"] < 1
    interval = answer["confidence_interval"]
    assert interval["lower_bound_ms"] < answer["predicted_execution_time_ms"] < interval["upper_bound_ms"]
    assert interval["std_dev_ms"] > 0
    assert answer["model_version"] == f"v{ready}"
    assert answer["prediction_id"].startswith("pred-")


def test_without_a_model_the_answer_says_what_to_call(client, load, history):
    load(history())
    assert_error(client.post(PATH, json=GUIDE), 409, "POST /api/train/performance-model")


def test_models_of_which_none_is_active_are_named_as_the_way_out(client, load, keep_model, history):
    load(history())
    keep_model(active=False)
    assert_error(client.post(PATH, json=GUIDE), 409, "activate")


def test_an_unknown_fingerprint_is_not_found(client, ready):
    assert_error(client.post(PATH, json={"query_hash": 1}), 404, "features")


def test_an_unknown_fingerprint_with_features_is_predicted(client, ready):
    answer = predict(client, query_hash=1, features={"plan_total_cost": 5000.0})
    assert answer["query_hash"] == 1


def test_history_that_is_too_old_is_not_history(client, load, keep_model, history):
    from datetime import UTC, datetime, timedelta

    load(history(fingerprints=2, newest=datetime.now(UTC) - timedelta(days=40)))
    keep_model()
    assert_error(client.post(PATH, json=GUIDE), 404, "30 days")


def test_parameters_take_the_place_of_the_newest_window(client, ready):
    cheap = predict(client, parameters={"plan_total_cost": 10.0})
    costly = predict(client, parameters={"plan_total_cost": 1e5})
    assert cheap["predicted_execution_time_ms"] < costly["predicted_execution_time_ms"]


PLAN = {
    "Plan": {
        "Node Type": "Seq Scan",
        "Relation Name": "orders",
        "Schema": "shop",
        "Alias": "orders",
        "Startup Cost": 0.0,
        "Total Cost": 54321.0,
        "Plan Rows": 10,
        "Plan Width": 8,
        "Filter": "(total > 5)",
    }
}


@pytest.mark.parametrize("plan", [PLAN, [PLAN]])
def test_the_statements_own_plan_takes_the_place_of_the_newest_window(client, ready, plan):
    assert predict(client)["features_from"] == "newest window"
    answer = predict(client, plan=plan)
    same = predict(client, parameters={"plan_total_cost": 54321.0})
    assert answer["features_from"] == "own plan"
    assert answer["predicted_execution_time_ms"] != predict(client)["predicted_execution_time_ms"]
    assert answer["predicted_execution_time_ms"] == pytest.approx(
        same["predicted_execution_time_ms"], rel=0.5
    )


def test_a_plan_is_enough_for_an_unknown_fingerprint(client, ready):
    assert predict(client, query_hash=1, plan=PLAN)["features_from"] == "own plan"


@pytest.mark.parametrize(
    "plan", [{}, [], {"Plan": 5}, {"Plan": {}}, {"Plan": {"Node Type": "Seq Scan", "Plans": "none"}}]
)
def test_what_is_no_plan_is_refused(client, ready, plan):
    assert_error(client.post(PATH, json=GUIDE | {"plan": plan}), 400, "plan")


@pytest.mark.parametrize("cost", ["much", [1], -5.0, 1e300, None, {}])
def test_a_plan_with_estimates_that_cannot_be_is_refused(client, ready, cost):
    broken = {"Plan": PLAN["Plan"] | {"Total Cost": cost}}
    assert_error(client.post(PATH, json=GUIDE | {"plan": broken}), 400, "plan")


def test_a_plan_that_is_nested_too_deep_is_refused(client, ready):
    nested = PLAN["Plan"]
    for _ in range(150):
        nested = {"Node Type": "Limit", "Total Cost": 1.0, "Plan Rows": 1, "Plan Width": 1, "Plans": [nested]}
    response = client.post(PATH, json=GUIDE | {"plan": {"Plan": nested}})
    assert response.status_code in (200, 400), response.text


def test_a_higher_level_widens_the_interval(client, ready):
    narrow = predict(client, confidence_level=0.5)["confidence_interval"]
    wide = predict(client, confidence_level=0.9)["confidence_interval"]
    assert narrow["upper_bound_ms"] < wide["upper_bound_ms"]
    assert wide["confidence_level"] == 0.9


def test_a_level_that_needs_more_queries_has_no_bounds_and_says_why(client, ready):
    interval = predict(client, confidence_level=0.999)["confidence_interval"]
    assert interval["lower_bound_ms"] is None
    assert interval["upper_bound_ms"] is None
    assert "99.9" in interval["reason"]


def test_an_explanation_adds_up_to_the_prediction(client, ready):
    answer = predict(client, explain=True)
    explanation = answer["explanation"]
    total = explanation["base_ms"] + sum(each["contribution_ms"] for each in explanation["contributions"])
    assert math.isclose(total, answer["predicted_execution_time_ms"], rel_tol=1e-6)
    assert {each["feature"] for each in explanation["contributions"]} <= set(NAMES)


def test_the_optimized_scenario_says_what_it_assumes(client, ready):
    answer = predict(client, scenario="optimized", explain=False)
    optimization = answer["optimization"]
    change = sum(each["change_ms"] for each in optimization["changes"])
    assert math.isclose(
        optimization["current_execution_time_ms"] + change,
        answer["predicted_execution_time_ms"],
        rel_tol=1e-6,
    )
    assert optimization["message"]


def test_a_query_that_nothing_helps_keeps_its_number(client, ready):
    features = {"has_seq_scan": 0, "has_nested_loop": 0, "subquery_depth": 0, "plan_total_cost": 50.0}
    now = predict(client, query_hash=1, features=features)
    then = predict(client, query_hash=1, features=features, scenario="optimized")
    assert then["predicted_execution_time_ms"] == now["predicted_execution_time_ms"]
    assert then["optimization"]["changes"] == []
    assert then["optimization"]["message"]


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"features": {"plan_total_cost": -1.0}}, "plan_total_cost"),
        ({"features": {"plan_total_cost": "5"}}, "plan_total_cost"),
        ({"features": {"has_seq_scan": 2}}, "has_seq_scan"),
        ({"features": {"index_count": 1.5}}, "index_count"),
        ({"features": {"available_memory_pct": 101.0}}, "available_memory_pct"),
        ({"features": {"no_such_feature": 1.0}}, "no_such_feature"),
        ({"parameters": {"no_such_feature": 1.0}}, "no_such_feature"),
        ({"scenario": "best"}, "scenario"),
        ({"query_hash": "4001"}, "query_hash"),
        ({"query_hash": 2**63}, "query_hash"),
        ({"query_hash": True}, "query_hash"),
        ({"confidence_level": 1.0}, "confidence_level"),
        ({"confidence_level": 0.1}, "confidence_level"),
        ({"explain": "yes"}, "explain"),
    ],
)
def test_a_bad_value_is_named(client, ready, change, names):
    assert_error(client.post(PATH, json=GUIDE | change), 400, names)


@pytest.mark.parametrize("value", ["Infinity", "NaN", "1e999"])
def test_numbers_that_are_not_finite_are_refused(client, ready, value):
    body = f'{{"query_hash": 1, "features": {{"plan_total_cost": {value}}}}}'
    assert_error(client.post(PATH, data=body, content_type="application/json"), 400)


def test_a_damaged_model_is_not_used(app, client, ready):
    from sqlalchemy import text

    with app.app_context():
        session = app.extensions["sqlalchemy"].session
        session.execute(
            text("UPDATE predictor.query_performance_models SET artifact = artifact || 'x'::bytea")
        )
        session.commit()
    error = assert_error(client.post(PATH, json=GUIDE), 500, "bytes are not those")
    assert error["error"] == "Model damaged"
