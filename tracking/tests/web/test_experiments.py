"""Experiments over HTTP, written by a real MLflow server."""

import pytest
from mlflow.entities import Metric

from servicekit.testing import assert_error

ROUTE = "/root/tracking/experiments"


@pytest.fixture
def made(mlflow_client, experiment_id):
    """Make a run with metrics, by default finished."""

    def make(status="FINISHED", **metrics):
        run_id = mlflow_client.create_run(
            experiment_id, run_name="a run", tags={"model_type": "SVC"}
        ).info.run_id
        mlflow_client.log_batch(run_id, [Metric(key, value, 1, 0) for key, value in metrics.items()])
        if status != "RUNNING":
            mlflow_client.set_terminated(run_id, status)
        return run_id

    return make


@pytest.fixture
def ask(client, experiment_id):
    def send(information, **more):
        return client.post(
            ROUTE, json={"experiment_id": experiment_id, "request_information": information, **more}
        )

    return send


def best(ask, *metrics):
    answer = ask("best_model", filter=list(metrics))
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["data"]


def test_scores_are_better_when_larger_and_costs_when_smaller(ask, made):
    slow = made(model_accuracy=0.9, system_execution_time=9.0, system_cpu_usage=10.0)
    quick = made(model_accuracy=0.8, system_execution_time=1.0, system_cpu_usage=90.0)
    assert best(ask, "model_accuracy")["run_id"] == slow
    assert best(ask, "system_execution_time")["run_id"] == quick
    assert best(ask, "system_cpu_usage")["run_id"] == slow


def test_the_next_metric_decides_between_equals(ask, made):
    made(model_accuracy=0.9, system_execution_time=3.0)
    quickest = made(model_accuracy=0.9, system_execution_time=1.0)
    made(model_accuracy=0.9)
    made(model_accuracy=0.8, system_execution_time=0.1)
    found = best(ask, "model_accuracy", "system_execution_time")
    assert found["run_id"] == quickest
    assert found["metrics"] == {"model_accuracy": 0.9, "system_execution_time": 1.0}


def test_the_first_run_wins_a_full_tie(ask, made):
    first = made(model_accuracy=0.9)
    made(model_accuracy=0.9)
    assert best(ask, "model_accuracy")["run_id"] == first


def test_only_finished_runs_are_compared(ask, made, mlflow_client):
    made("FAILED", model_accuracy=1.0)
    made("RUNNING", model_accuracy=1.0)
    made("KILLED", model_accuracy=1.0)
    deleted = made(model_accuracy=1.0)
    mlflow_client.delete_run(deleted)
    made(model_accuracy=float("nan"))
    finished = made(model_accuracy=0.5)
    assert best(ask, "model_accuracy")["run_id"] == finished
    statistics = ask("statistics", filter=["model_accuracy"]).get_json()["data"]
    assert (statistics["accuracy"]["count"], statistics["accuracy"]["mean"]) == (1, 0.5)


def test_a_run_without_a_metric_is_left_out_and_never_counted_as_nothing(ask, made):
    made(model_accuracy=0.5, model_recall=0.4)
    made(model_accuracy=0.7)
    data = ask("statistics").get_json()["data"]
    assert set(data) == {"accuracy", "recall"}
    assert (data["accuracy"]["mean"], data["accuracy"]["count"]) == (pytest.approx(0.6), 2)
    assert (data["recall"]["min"], data["recall"]["count"]) == (0.4, 1)


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        (["model_accuracy"], {"accuracy"}),
        (["system_execution_time", "model_f1_score"], {"duration", "f1_score"}),
        (["model_accuracy", "all"], {"accuracy", "f1_score", "duration"}),
        ("all", {"accuracy", "f1_score", "duration"}),
        ([], {"accuracy", "f1_score", "duration"}),
    ],
)
def test_statistics_are_of_the_metrics_that_were_asked_for(ask, made, wanted, keys):
    made(model_accuracy=0.5, model_f1_score=0.5, system_execution_time=0.5)
    assert set(ask("statistics", filter=wanted).get_json()["data"]) == keys


def test_general_counts_by_status_and_leaves_unset_times_null(ask, made):
    made("RUNNING")
    made("KILLED")
    runs = ask("general").get_json()["data"]["experiment_runs"]
    assert (runs["number_of_runs"], runs["active_runs"], runs["stopped_runs"]) == (2, 1, 1)
    assert runs["first_run_completed"] is runs["last_run_completed"] is None
    assert runs["first_run_started"]


@pytest.mark.parametrize("information", ["general", "best_model", "statistics"])
def test_an_experiment_without_runs_is_404(ask, information):
    assert_error(ask(information, filter=["model_accuracy"]), 404, "no runs")


def test_finished_runs_without_the_metric_are_404(ask, made):
    made(model_recall=0.5)
    assert_error(ask("best_model", filter=["model_accuracy"]), 404, "model_accuracy")
    assert_error(ask("statistics", filter=["model_accuracy"]), 404, "model_accuracy")


@pytest.mark.parametrize(
    ("body", "mentions"),
    [
        ({}, "request_information"),
        ({"experiment_id": "1"}, "request_information"),
        ({"request_information": "general"}, "experiment_id"),
        ({"experiment_id": 1, "request_information": "general"}, "experiment_id"),
        ({"experiment_id": "1", "request_information": "everything"}, "best_model"),
        ({"experiment_id": "1", "request_information": "best_model"}, "filter"),
        ({"experiment_id": "1", "request_information": "best_model", "filter": []}, "filter"),
        ({"experiment_id": "1", "request_information": "best_model", "filter": ["beauty"]}, "model_recall"),
        ({"experiment_id": "1", "request_information": "best_model", "filter": ["all"]}, "model_recall"),
        ({"experiment_id": "1", "request_information": "statistics", "filter": ["beauty"]}, "model_recall"),
        ({"experiment_id": "1", "request_information": "statistics", "filter": 5}, "filter"),
    ],
)
def test_a_bad_question_is_400_and_names_what_is_wrong(client, body, mentions):
    assert_error(client.post(ROUTE, json=body), 400, mentions)


@pytest.mark.parametrize("unknown", ["999999", "99999999999999999999", "-1", "abc", "1 ", "'"])
def test_an_unknown_experiment_is_404_whatever_is_asked(client, unknown):
    for information in ("general", "best_model", "statistics"):
        body = {"experiment_id": unknown, "request_information": information, "filter": ["model_accuracy"]}
        assert_error(client.post(ROUTE, json=body), 404, "no experiment")
    assert_error(client.delete(ROUTE, query_string={"experiment_id": unknown}), 404, "no experiment")


def test_a_deleted_experiment_is_gone_with_its_runs_and_frees_its_name(
    client, optimize, small, experiment_name
):
    first = optimize(small)["experiment_id"]
    answer = client.delete(f"{ROUTE}?experiment_id={first}")
    assert answer.get_json() == {"message": f"Experiment {first} deleted successfully."}
    assert_error(client.delete(f"{ROUTE}?experiment_id={first}"), 404)
    assert_error(client.get(f"/root/tracking/runs?experiment_id={first}"), 404)
    assert first not in {row["experiment_id"] for row in client.get(ROUTE).get_json()["data"]}
    second = optimize(small)["experiment_id"]
    rows = client.get(ROUTE).get_json()["data"]
    assert [row["experiment_id"] for row in rows if row["name"] == experiment_name] == [second]


def test_mlflows_own_experiment_stays(client):
    assert_error(client.delete(f"{ROUTE}?experiment_id=0"), 409, "MLflow")


def test_deleting_needs_an_id(client):
    assert_error(client.delete(ROUTE), 400, "experiment_id")
    assert_error(client.delete(f"{ROUTE}?experiment_id="), 400, "experiment_id")
