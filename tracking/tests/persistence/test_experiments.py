"""Reading experiments that a real MLflow server wrote."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tracking.persistence.repository.experiments import Experiments


@pytest.fixture
def experiments(mlflow_database):
    with mlflow_database.reading() as session:
        yield Experiments(session)


def test_each_experiment_is_counted_with_its_active_runs(
    experiments, mlflow_client, experiment_id, experiment_name
):
    runs = [mlflow_client.create_run(experiment_id).info.run_id for _ in range(3)]
    mlflow_client.delete_run(runs[0])
    row = next(row for row in experiments.counted() if row.experiment_id == experiment_id)
    assert (row.name, row.lifecycle_stage, row.run_count) == (experiment_name, "active", 2)


def test_an_experiment_without_runs_counts_none_and_the_newest_stands_first(experiments, experiment_id):
    first = experiments.counted()[0]
    assert (first.experiment_id, first.run_count) == (experiment_id, 0)


def test_mlflows_own_experiment_is_listed_and_deleted_ones_are_not(experiments, mlflow_client, experiment_id):
    mlflow_client.delete_experiment(experiment_id)
    listed = {row.experiment_id for row in experiments.counted()}
    assert "0" in listed
    assert experiment_id not in listed


def test_an_experiment_is_read_with_its_tags_but_not_mlflows_own(experiments, mlflow_client, experiment_id):
    mlflow_client.set_experiment_tag(experiment_id, "owner", "Ale")
    mlflow_client.set_experiment_tag(experiment_id, "mlflow.note.content", "a note")
    found = experiments.get(experiment_id)
    assert found is not None
    assert found.tags == {"owner": "Ale"}
    assert found.artifact_location == f"mlflow-artifacts:/{experiment_id}"
    assert found.creation_time is not None


@pytest.mark.parametrize("strange", ["", "abc", "-1", "1.0", "1e3", "٣", "9" * 9, "9" * 5_000, "1 OR 1=1"])
def test_an_id_that_is_none_finds_nothing(experiments, strange):
    assert experiments.get(strange) is None


def test_a_deleted_experiment_is_not_found(experiments, mlflow_client, experiment_id):
    mlflow_client.delete_experiment(experiment_id)
    assert experiments.get(experiment_id) is None


def test_one_name_is_held_by_one_session_at_a_time(mlflow_database):
    inside, most = 0, 0
    guard = threading.Lock()

    def hold(_):
        nonlocal inside, most
        with mlflow_database.reading() as session:
            Experiments(session).lock_name("a name")
            with guard:
                inside += 1
                most = max(most, inside)
            threading.Event().wait(0.005)
            with guard:
                inside -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(hold, range(16)))
    assert most == 1
