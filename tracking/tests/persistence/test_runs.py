"""Reading runs that a real MLflow server wrote."""

import math

import pytest
from mlflow.entities import Metric, Param

from tracking.persistence.repository.runs import Runs


@pytest.fixture
def runs(mlflow_database):
    with mlflow_database.reading() as session:
        yield Runs(session)


@pytest.fixture
def made(mlflow_client, experiment_id):
    """Make a run at a second of its own, with metrics and tags."""

    def make(second, status=None, metrics=(), params=(), tags=None):
        run_id = mlflow_client.create_run(
            experiment_id, start_time=second * 1000, tags=tags or {}, run_name=f"run {second}"
        ).info.run_id
        mlflow_client.log_batch(
            run_id,
            metrics=[Metric(key, value, second, step) for step, (key, value) in enumerate(metrics)],
            params=[Param(key, value) for key, value in params],
        )
        if status:
            mlflow_client.set_terminated(run_id, status, end_time=(second + 1) * 1000)
        return run_id

    return make


def test_runs_are_listed_newest_first_with_their_tags(runs, made, experiment_id):
    first, second, third = (made(second, tags={"model_type": f"m{second}"}) for second in (10, 20, 30))
    listed = runs.of_experiment(experiment_id, None, 0)
    assert [run.run_id for run in listed] == [third, second, first]
    assert [run.tags for run in listed] == [{"model_type": f"m{second}"} for second in (30, 20, 10)]
    assert [run.name for run in listed] == ["run 30", "run 20", "run 10"]


def test_a_page_holds_whole_runs(runs, made, experiment_id):
    ids = [made(second, tags={"a": "1", "b": "2", "c": "3"}) for second in range(1, 6)]
    page = runs.of_experiment(experiment_id, 2, 1)
    assert [run.run_id for run in page] == [ids[3], ids[2]]
    assert all(len(run.tags) == 3 for run in page)


def test_an_open_run_has_no_end(runs, made):
    run = runs.get(made(10))
    assert run is not None
    assert (run.status, run.start_time, run.end_time) == ("RUNNING", 10_000, None)


def test_deleted_runs_are_nowhere(runs, made, mlflow_client, experiment_id):
    kept, gone = made(10, "FINISHED"), made(20, "FINISHED")
    mlflow_client.delete_run(gone)
    assert runs.get(gone) is None
    assert [run.run_id for run in runs.of_experiment(experiment_id, None, 0)] == [kept]
    assert [run.run_id for run in runs.finished(experiment_id, ["model_accuracy"])] == [kept]
    assert runs.counts(experiment_id).by_status == {"FINISHED": 1}


def test_counts_are_by_status_with_the_times_of_finished_runs(runs, made, experiment_id):
    made(5, "FAILED")
    made(10, "FINISHED")
    made(20, "FINISHED")
    made(30, "KILLED")
    made(40)
    counts = runs.counts(experiment_id)
    assert counts.by_status == {"FAILED": 1, "FINISHED": 2, "KILLED": 1, "RUNNING": 1}
    assert (counts.first_started, counts.first_finished, counts.last_finished) == (5_000, 11_000, 21_000)


def test_an_experiment_without_runs_has_no_counts_and_no_times(runs, experiment_id):
    counts = runs.counts(experiment_id)
    assert counts.by_status == {}
    assert counts.first_started is counts.first_finished is counts.last_finished is None


def test_only_the_leading_prefix_is_removed(runs, made):
    run_id = made(
        10, params=[("model_C", "1"), ("model_model_C", "2"), ("modelC", "3"), ("data_model_C", "4")]
    )
    assert runs.parameters(run_id, "model_") == {"C": "1", "model_C": "2"}


def test_the_last_value_of_a_metric_counts_and_not_a_number_is_none(runs, made):
    run_id = made(
        10, metrics=[("model_accuracy", 0.5), ("model_accuracy", 0.7), ("model_f1_score", math.nan)]
    )
    assert runs.metrics(run_id, "model_") == {"accuracy": 0.7, "f1_score": None}


def test_finished_runs_carry_only_finite_metrics_that_were_asked_for(runs, made, experiment_id):
    made(10, "FAILED", [("model_accuracy", 0.1)])
    made(20, None, [("model_accuracy", 0.2)])
    made(30, "FINISHED", [("model_accuracy", 0.3), ("model_recall", 0.4)])
    made(40, "FINISHED", [("model_accuracy", math.nan)])
    made(50, "FINISHED", [("model_accuracy", math.inf)])
    made(60, "FINISHED")
    found = runs.finished(experiment_id, ["model_accuracy"])
    assert [run.metrics for run in found] == [{"model_accuracy": 0.3}, {}, {}, {}]
