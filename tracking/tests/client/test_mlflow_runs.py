"""Runs on a real MLflow server."""

import pytest

from tracking.client.mlflow_runs import LONGEST_PARAMETER, LONGEST_TAG, MlflowRuns, RunContent, cut
from tracking.client.mlflow_server import MlflowRefused


@pytest.fixture
def runs(mlflow_client):
    return MlflowRuns(mlflow_client)


def test_a_run_is_open_until_it_is_ended(runs, mlflow_client, experiment_id):
    run_id = runs.start(experiment_id, "a run", {"model_type": "SVC"})
    assert mlflow_client.get_run(run_id).info.status == "RUNNING"
    runs.end(run_id, "FINISHED")
    ended = mlflow_client.get_run(run_id)
    assert (ended.info.status, ended.info.run_name) == ("FINISHED", "a run")
    assert ended.data.tags["model_type"] == "SVC"


def test_everything_of_a_run_is_written_at_once(runs, mlflow_client, experiment_id):
    run_id = runs.start(experiment_id, "a run", {})
    runs.log(run_id, RunContent({"model_C": 0.1, "depth": None}, {"model_accuracy": 0.9}, {"source": "wine"}))
    data = mlflow_client.get_run(run_id).data
    assert data.params == {"model_C": "0.1", "depth": "None"}
    assert data.metrics == {"model_accuracy": 0.9}
    assert data.tags["source"] == "wine"


def test_what_mlflow_would_refuse_as_too_long_is_cut(runs, mlflow_client, experiment_id):
    run_id = runs.start(experiment_id, "a run", {})
    runs.log(run_id, RunContent({"grid_search_C": list(range(5_000))}, {}, {"failure_reason": "x" * 9_000}))
    data = mlflow_client.get_run(run_id).data
    assert len(data.params["grid_search_C"]) == LONGEST_PARAMETER
    assert len(data.tags["failure_reason"]) == LONGEST_TAG


def test_a_deleted_run_takes_nothing_more(runs, experiment_id):
    run_id = runs.start(experiment_id, "a run", {})
    runs.delete(run_id)
    with pytest.raises(MlflowRefused):
        runs.log(run_id, RunContent(params={"model_C": 1}))


def test_cutting_is_visible_and_leaves_short_texts_alone():
    assert cut("abc", 3) == "abc"
    assert cut("abcdefg", 5) == "ab..."
