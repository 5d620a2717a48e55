"""Optimizations over HTTP, on real data and a real MLflow server."""

import threading
from concurrent.futures import ThreadPoolExecutor

import mlflow
import pytest

from servicekit.testing import assert_error

ROUTE = "/root/tracking/model_management"
RUNS = "/root/tracking/runs"
UNFITTABLE = {"dual": [True], "solver": ["lbfgs"]}


def runs_of(client, experiment_id):
    return client.get(f"{RUNS}?experiment_id={experiment_id}").get_json()["data"]


def test_scoring_folds_and_preprocessing_have_defaults(client, optimize, small):
    data = optimize(small)
    run_id = data["run_ids"]["DecisionTree"]
    body = {"experiment_id": data["experiment_id"], "run_id": run_id, "request_information": "parameters"}
    found = client.post(RUNS, json={**body, "type": "grid_search"}).get_json()["data"]
    assert found == {"scoring": "accuracy", "cv_folds": "5", "max_depth": "[2, None]"}
    assert runs_of(client, data["experiment_id"])[0]["tags"]["preprocessing"] == "standard"


def test_the_model_is_the_tuned_pipeline_and_stands_in_the_registry(
    optimize, small, mlflow_server, mlflow_client, monkeypatch
):
    run_id = optimize(small)["run_ids"]["DecisionTree"]
    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_server.url)
    pipeline = mlflow.sklearn.load_model(f"runs:/{run_id}/model")
    assert list(pipeline.named_steps) == ["imputer", "scaler", "model"]
    newest = mlflow_client.search_model_versions("name='DecisionTree'", order_by=["version_number DESC"])[0]
    assert newest.run_id == run_id


def test_the_same_name_again_adds_runs_to_the_same_experiment(client, optimize, small):
    first, second = optimize(small), optimize({**small, "experiment_owner": "another"})
    assert first["experiment_id"] == second["experiment_id"]
    assert len(runs_of(client, first["experiment_id"])) == 2


def test_a_run_that_fails_is_kept_with_its_reason_and_the_others_go_on(client, optimize, small):
    data = optimize(
        {
            **small,
            "models": ["LogisticRegression", "DecisionTree"],
            "hyperparameters": {**small["hyperparameters"], "LogisticRegression": UNFITTABLE},
        }
    )
    assert list(data["run_ids"]) == ["DecisionTree"]
    failed = data["failed"]["LogisticRegression"]
    assert "lbfgs" in failed["reason"]
    kept = next(run for run in runs_of(client, data["experiment_id"]) if run["run_id"] == failed["run_id"])
    assert kept["status"] == "FAILED"
    assert kept["tags"]["failure_reason"] == failed["reason"]
    overview = {"experiment_id": data["experiment_id"], "request_information": "general"}
    counts = client.post("/root/tracking/experiments", json=overview).get_json()["data"]["experiment_runs"]
    assert (counts["completed_runs"], counts["failed_runs"]) == (1, 1)


def test_searches_are_counted_by_model_and_outcome(client, optimize, small):
    grids = {**small["hyperparameters"], "LogisticRegression": UNFITTABLE}
    optimize({**small, "models": list(grids), "hyperparameters": grids})
    text = client.get("/metrics").get_data(as_text=True)
    assert 'tracking_searches_total{model="DecisionTree",outcome="finished"} 1.0' in text
    assert 'tracking_searches_total{model="LogisticRegression",outcome="failed"} 1.0' in text
    assert 'tracking_search_duration_seconds_count{model="DecisionTree"} 1.0' in text


def test_when_every_run_fails_each_says_why(client, optimize, small):
    body = {**small, "models": ["LogisticRegression"], "hyperparameters": {"LogisticRegression": UNFITTABLE}}
    data = optimize(body)
    assert data["run_ids"] == {}
    assert set(data["failed"]) == {"LogisticRegression"}
    best = {"request_information": "best_model", "filter": ["model_accuracy"]}
    answer = client.post("/root/tracking/experiments", json={"experiment_id": data["experiment_id"], **best})
    assert_error(answer, 404, "no finished run")


def test_optimizations_at_once_under_one_name_share_one_experiment_and_no_run(app, small):
    start = threading.Barrier(6)

    def send(_):
        start.wait()
        return app.test_client().post(ROUTE, json=small).get_json()["data"]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert len({answer["experiment_id"] for answer in answers}) == 1
    assert len({answer["run_ids"]["DecisionTree"] for answer in answers}) == 6
    runs = runs_of(app.test_client(), answers[0]["experiment_id"])
    assert [run["status"] for run in runs] == ["FINISHED"] * 6
    assert mlflow.active_run() is None


def test_optimizations_at_once_give_what_they_give_alone(app, client, optimize, small):
    trees = {"DecisionTree": {"max_depth": [1, 2]}}
    forests = {"RandomForest": {"n_estimators": [2]}}
    bodies = [
        {**small, "models": list(grids), "hyperparameters": grids}
        for grids in (trees, forests, trees, forests)
    ]

    def accuracy(body):
        data = app.test_client().post(ROUTE, json=body).get_json()["data"]
        (run_id,) = data["run_ids"].values()
        wanted = {"request_information": "metrics", "type": "model"}
        run = {"experiment_id": data["experiment_id"], "run_id": run_id}
        return app.test_client().post(RUNS, json={**run, **wanted}).get_json()["data"]["accuracy"]

    alone = [accuracy(body) for body in bodies]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(accuracy, bodies)) == alone


@pytest.mark.parametrize(
    ("change", "mentions"),
    [
        ({"models": ["Oracle"]}, "RandomForest"),
        ({"models": []}, "models"),
        ({"models": ["DecisionTree", "DecisionTree"]}, "more than once"),
        ({"models": "DecisionTree"}, "models"),
        ({"models": ["SVC"]}, "SVC"),
        ({"hyperparameters": {}}, "DecisionTree"),
        ({"hyperparameters": {"DecisionTree": {}}}, "empty"),
        ({"hyperparameters": {"DecisionTree": {"max_depth": []}}}, "empty list"),
        ({"hyperparameters": {"DecisionTree": {"max_depth": 2}}}, "max_depth"),
        ({"hyperparameters": {"DecisionTree": {"depth": [2]}}}, "depth"),
        ({"hyperparameters": {"DecisionTree": {"max_depth": ["2"]}}}, "max_depth"),
        ({"hyperparameters": {"DecisionTree": {"max_depth": [0]}}}, "max_depth"),
        ({"hyperparameters": {"DecisionTree": {"max_depth": [{"a": 1}]}}}, "max_depth"),
        ({"cv": 1}, "cv"),
        ({"cv": 30}, "2 to 29"),
        ({"cv": "5"}, "cv"),
        ({"cv": 5.5}, "cv"),
        ({"cv": True}, "cv"),
        ({"scoring": "beauty"}, "accuracy"),
        ({"preprocessing": "magic"}, "preprocessing"),
        ({"experiment_name": ""}, "experiment_name"),
        ({"experiment_name": "   "}, "blank"),
        ({"experiment_name": "x" * 201}, "200"),
        ({"experiment_name": "a\tb"}, "control"),
        ({"experiment_name": None}, "experiment_name"),
        ({"experiment_description": "a\x07b"}, "control"),
        ({"experiment_owner": "x" * 201}, "experiment_owner"),
        ({"colour": "red"}, "colour"),
        ({"request_information": "magic"}, "optimization"),
    ],
)
def test_a_bad_order_is_400_names_what_is_wrong_and_leaves_nothing(
    client, small, mlflow_client, change, mentions
):
    assert_error(client.post(ROUTE, json={**small, **change}), 400, mentions)
    assert mlflow_client.get_experiment_by_name(small["experiment_name"]) is None


def test_a_grid_of_a_million_candidates_is_400_and_not_made(client, small):
    values = list(range(2, 1_002))
    grid = {"max_depth": values, "min_samples_split": values}
    body = {**small, "hyperparameters": {"DecisionTree": grid}}
    assert_error(client.post(ROUTE, json=body), 400, "1000000 combinations")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_400(client, number):
    text = (
        '{"request_information": "optimization", "experiment_name": "x", "models": ["SVC"], '
        f'"hyperparameters": {{"SVC": {{"C": [{number}]}}}}}}'
    )
    assert_error(client.post(ROUTE, data=text, content_type="application/json"), 400)


def test_a_description_may_have_several_lines(client, optimize, small):
    data = optimize({**small, "experiment_description": "first\nsecond"})
    body = {"experiment_id": data["experiment_id"], "request_information": "general"}
    info = client.post("/root/tracking/experiments", json=body).get_json()["data"]["experiment_info"]
    assert info["tags"] == {"description": "first\nsecond"}


def test_a_set_that_is_not_loaded_is_404_and_says_what_to_call(client, small):
    error = assert_error(client.post(ROUTE, json={**small, "source": "beer"}), 404, "/root/simulator")
    assert '"beer"' in error["message"]


def test_a_source_of_numbers_is_409(client, small):
    assert_error(client.post(ROUTE, json={**small, "source": "prices"}), 409, "number")


@pytest.mark.parametrize("body", [[], "optimization", 1, {}])
def test_a_body_of_another_shape_is_400(client, body):
    assert_error(client.post(ROUTE, json=body), 400)


def test_what_is_not_json_is_415_and_broken_json_400(client):
    assert_error(client.post(ROUTE, data="{}"), 415)
    assert_error(client.post(ROUTE, data="{", content_type="application/json"), 400)


def test_a_huge_body_is_413(client, small):
    assert_error(client.post(ROUTE, json={**small, "experiment_description": "x" * 2_000_000}), 413)
