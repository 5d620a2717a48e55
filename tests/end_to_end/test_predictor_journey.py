"""predictor from an empty machine to judged predictions."""

import pytest
from prediction_requests import (
    DATABASE,
    FIRST_HASH,
    MODELS,
    PREDICT,
    STATUS,
    TRAIN,
    VALIDATE,
    predict,
    trained,
    training,
    validate,
    wait_for_job,
)

pytestmark = pytest.mark.end_to_end

EXECUTIONS = 400
MODEL_TYPES = ("linear_regression", "random_forest", "lightgbm")
WORKLOAD_SECONDS = 600


@pytest.fixture(scope="module")
def before_any_model(watched):
    """What is answered while there is neither history nor model."""
    return {
        "prediction": watched.call("predictor", "POST", PREDICT, json={"query_hash": FIRST_HASH}),
        "latest": watched.call("predictor", "GET", f"{MODELS}/latest"),
        "training": wait_for_job(
            watched, watched.asked("predictor", "POST", TRAIN, json=training("decision_tree"))["job_id"]
        ),
    }


@pytest.fixture(scope="module")
def history(watched, before_any_model):
    """A stack whose workload has made history."""
    said = watched.command("workload", "--executions", str(EXECUTIONS), seconds=WORKLOAD_SECONDS)
    assert said.returncode == 0, said.stdout + said.stderr
    assert f"Measured {EXECUTIONS} executions" in said.stdout
    return watched


@pytest.fixture(scope="module")
def jobs(history):
    """Completed trainings by model type; the last one's model is the active one."""
    return {each: trained(history, each, activate=each == MODEL_TYPES[-1]) for each in MODEL_TYPES}


@pytest.fixture(scope="module")
def queries(history):
    path = "/api/queries"
    return history.asked("predictor", "GET", path, params={"limit": 100})["queries"]


@pytest.fixture(scope="module")
def predictions(history, jobs, queries):
    return [predict(history, query["query_hash"]) for query in queries]


@pytest.fixture(scope="module")
def validations(history, queries, predictions):
    return [
        validate(history, prediction["prediction_id"], query["mean_execution_time_ms"])
        for query, prediction in zip(queries, predictions, strict=True)
    ]


def test_without_a_model_nothing_is_made_up(before_any_model):
    for name in ("prediction", "latest"):
        assert before_any_model[name].status_code == 409
        assert TRAIN in before_any_model[name].json()["message"]


def test_a_training_without_history_says_how_many_samples_it_lacks(before_any_model):
    job = before_any_model["training"]
    assert (job["status"], job["failure"]) == ("failed", "Insufficient training samples: 0 < 100")


def test_the_workload_makes_history_under_the_guides_name(history, queries):
    histories = history.asked("predictor", "GET", STATUS)["histories"]
    assert [(each["database_name"], each["samples"]) for each in histories] == [(DATABASE, EXECUTIONS)]
    assert queries[0]["query_hash"] == FIRST_HASH
    assert len(queries) == 100
    assert all(query["query"].startswith(("SELECT", "WITH")) for query in queries)


def test_each_model_type_is_trained_and_scored(history, jobs):
    versions = [jobs[each]["model_version"] for each in MODEL_TYPES]
    assert versions == ["v1", "v2", "v3"]
    for job in jobs.values():
        assert job["progress"] == 100
        assert job["samples"] == EXECUTIONS
        assert all(job[score] is not None for score in ("r_squared", "rmse", "mae"))
    listed = history.asked("predictor", "GET", MODELS)
    assert [model["model_version"] for model in listed["models"]] == versions[::-1]
    assert (listed["total_models"], listed["active_model"]) == (3, "v3")


def test_a_hundred_queries_are_predicted_with_intervals(predictions):
    assert len({prediction["prediction_id"] for prediction in predictions}) == 100
    for prediction in predictions:
        interval = prediction["confidence_interval"]
        low, high = interval["lower_bound_ms"], interval["upper_bound_ms"]
        assert 0 < low <= prediction["predicted_execution_time_ms"] <= high
        assert interval["std_dev_ms"] > 0
        assert 0 < prediction["confidence_score"] < 1
        assert prediction["model_version"] == "v3"


def test_the_answered_features_of_a_query_can_be_sent_back(history, jobs):
    known = history.asked("predictor", "GET", f"/api/queries/{FIRST_HASH}")
    assert len(known["features"]) > 12
    sent, looked_up = predict(history, 1, features=known["features"]), predict(history)
    assert sent["predicted_execution_time_ms"] == looked_up["predicted_execution_time_ms"]
    assert (sent["features_from"], looked_up["features_from"]) == ("own plan", "newest window")


def test_the_optimized_scenario_says_what_it_assumes(history, jobs, queries):
    helped = 0
    for query in queries[:40]:
        answer = predict(history, query["query_hash"], scenario="optimized")
        optimization = answer["optimization"]
        saved = sum(change["change_ms"] for change in optimization["changes"])
        before = optimization["current_execution_time_ms"]
        assert answer["predicted_execution_time_ms"] == pytest.approx(before + saved)
        assert all(change["assumption"] for change in optimization["changes"])
        helped += bool(optimization["changes"])
    assert helped > 0


def test_an_explanation_adds_up_to_the_prediction(history, jobs):
    answer = predict(history, explain=True)
    explanation = answer["explanation"]
    total = explanation["base_ms"] + sum(part["contribution_ms"] for part in explanation["contributions"])
    assert total == pytest.approx(answer["predicted_execution_time_ms"], rel=1e-3)


def test_real_times_are_judged_and_counted_for_the_version(history, predictions, validations):
    for prediction, validation in zip(predictions, validations, strict=True):
        predicted, actual = (validation[f"{name}_execution_time_ms"] for name in ("predicted", "actual"))
        assert validation["error_percent"] == pytest.approx(100 * abs(predicted - actual) / actual, abs=0.01)
        interval = prediction["confidence_interval"]
        inside = interval["lower_bound_ms"] <= actual <= interval["upper_bound_ms"]
        assert validation["within_confidence_interval"] is inside
    record = history.asked("predictor", "GET", f"{MODELS}/v3")["validation"]
    assert record["validations"] == 100
    covered = sum(validation["within_confidence_interval"] for validation in validations)
    assert [(each["intervals"], each["covered"]) for each in record["coverage"]] == [(100, covered)]


def test_the_guides_requests_work_word_for_word(history, jobs):
    asked = {"query_hash": 4001, "parameters": {}, "scenario": "current"}
    prediction = history.asked("predictor", "POST", PREDICT, json=asked)
    assert prediction["query_hash"] == 4001
    real = prediction["predicted_execution_time_ms"] / 1.062
    answer = history.asked(
        "predictor",
        "POST",
        VALIDATE,
        json={
            "prediction_id": prediction["prediction_id"],
            "query_hash": 4001,
            "predicted_execution_time_ms": prediction["predicted_execution_time_ms"],
            "actual_execution_time_ms": real,
            "model_version": prediction["model_version"],
        },
    )
    assert answer["prediction_id"] == prediction["prediction_id"]
    assert answer["error_percent"] == pytest.approx(6.2, abs=0.001)
    assert answer["accuracy_score"] == pytest.approx(0.938, abs=0.001)
    assert answer["within_confidence_interval"] is True


def test_another_model_predicts_from_the_next_request_on(history, jobs, predictions):
    switched = history.asked("predictor", "POST", f"{MODELS}/{jobs['random_forest']['model_id']}/activate")
    assert switched["status"] == "activated"
    for _ in range(8):  # whichever worker process answers
        assert predict(history)["model_version"] == "v2"
    latest = history.asked("predictor", "GET", f"{MODELS}/latest")
    assert latest["model_version"] == "v2"
    history.asked("predictor", "POST", f"{MODELS}/v3/activate")
    ended = history.asked("predictor", "GET", f"{MODELS}/v2")["activations"]
    assert ended[-1]["deactivated_at"] is not None


@pytest.mark.parametrize(("kind", "beginning"), [("png", b"\x89PNG"), ("svg", b"<?xml")], ids=["PNG", "SVG"])
def test_predicted_against_real_times_are_drawn(history, jobs, validations, kind, beginning):
    answer = history.call("predictor", "GET", f"{MODELS}/v3/plot", params={"format": kind})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith(f"image/{kind}")
    assert answer.content.startswith(beginning)
