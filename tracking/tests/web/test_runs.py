"""Runs over HTTP, written by a real MLflow server."""

import pytest
from mlflow.entities import Metric, Param

from servicekit.testing import assert_error

ROUTE = "/root/tracking/runs"


@pytest.fixture
def run_id(mlflow_client, experiment_id):
    made = mlflow_client.create_run(experiment_id, run_name="a run").info.run_id
    mlflow_client.log_batch(
        made,
        [Metric("model_accuracy", float("nan"), 1, 0), Metric("system_cpu_usage", 50.0, 1, 0)],
        [Param("model_model_C", "1"), Param("data_samples", "106")],
    )
    return made


def read(client, experiment_id, run_id, information, kind):
    body = {"experiment_id": experiment_id, "run_id": run_id}
    return client.post(ROUTE, json={**body, "request_information": information, "type": kind})


def test_a_running_run_is_listed_without_an_end(client, experiment_id, run_id):
    (run,) = client.get(f"{ROUTE}?experiment_id={experiment_id}").get_json()["data"]
    assert (run["run_id"], run["status"], run["end_time"]) == (run_id, "RUNNING", None)
    assert run["tags"] == {"model_type": "Unknown", "experiment_type": "Unknown"}


def test_pages_follow_each_other(client, mlflow_client, experiment_id):
    made = [mlflow_client.create_run(experiment_id, start_time=second).info.run_id for second in range(1, 6)]
    pages = [
        client.get(f"{ROUTE}?experiment_id={experiment_id}&limit=2&offset={offset}").get_json()
        for offset in (0, 2, 4, 6)
    ]
    assert [run["run_id"] for page in pages for run in page["data"]] == made[::-1]
    assert [page["total"] for page in pages] == [5] * 4


def test_an_experiment_without_runs_is_404(client, experiment_id):
    assert_error(client.get(f"{ROUTE}?experiment_id={experiment_id}"), 404, "no runs")


@pytest.mark.parametrize("unknown", ["999999", "abc", "1.5"])
def test_runs_of_an_unknown_experiment_are_404(client, unknown):
    assert_error(client.get(f"{ROUTE}?experiment_id={unknown}"), 404, "no experiment")


@pytest.mark.parametrize(
    ("query", "mentions"),
    [
        ("", "experiment_id"),
        ("experiment_id=", "experiment_id"),
        ("experiment_id=1&limit=0", "limit"),
        ("experiment_id=1&limit=ten", "limit"),
        ("experiment_id=1&offset=-1", "offset"),
        ("experiment_id=1&colour=red", "colour"),
        ("experiment_id=1&experiment_id=2", "once"),
    ],
)
def test_a_bad_query_is_400_and_names_what_is_wrong(client, query, mentions):
    assert_error(client.get(f"{ROUTE}?{query}"), 400, mentions)


def test_only_the_leading_prefix_is_removed(client, experiment_id, run_id):
    read_model = read(client, experiment_id, run_id, "parameters", "model").get_json()
    assert read_model == {"message": "Parameters Retrieved", "data": {"model_C": "1"}}


def test_a_metric_that_is_not_a_number_is_null(client, experiment_id, run_id):
    assert read(client, experiment_id, run_id, "metrics", "model").get_json()["data"] == {"accuracy": None}
    assert read(client, experiment_id, run_id, "metrics", "system").get_json()["data"] == {"cpu_usage": 50.0}


@pytest.mark.parametrize(
    ("wanted", "mentions"),
    [
        (("parameters", "system"), "grid_search"),
        (("parameters", None), "type"),
        (("metrics", "data"), "system"),
        (("tags", "model"), "parameters"),
    ],
)
def test_a_type_that_there_is_not_is_400(client, experiment_id, run_id, wanted, mentions):
    assert_error(read(client, experiment_id, run_id, *wanted), 400, mentions)


def test_a_run_of_another_experiment_is_404(client, mlflow_client, experiment_id, run_id):
    foreign = mlflow_client.create_run("0").info.run_id
    assert_error(read(client, experiment_id, foreign, "metrics", "model"), 404, "no run")
    assert_error(client.delete(f"{ROUTE}?experiment_id={experiment_id}&run_id={foreign}"), 404, "no run")
    assert_error(client.delete(f"{ROUTE}?experiment_id=abc&run_id={run_id}"), 404, "no run")
    assert mlflow_client.get_run(foreign).info.lifecycle_stage == "active"


def test_a_deleted_run_is_gone(client, experiment_id, run_id):
    answer = client.delete(f"{ROUTE}?experiment_id={experiment_id}&run_id={run_id}")
    assert answer.get_json() == {"message": f"Run {run_id} deleted successfully."}
    assert_error(client.delete(f"{ROUTE}?experiment_id={experiment_id}&run_id={run_id}"), 404)
    assert_error(read(client, experiment_id, run_id, "metrics", "model"), 404)


def test_deleting_needs_both_ids(client, experiment_id):
    assert_error(client.delete(f"{ROUTE}?experiment_id={experiment_id}"), 400, "run_id")
    assert_error(client.delete(f"{ROUTE}?run_id=x"), 400, "experiment_id")
