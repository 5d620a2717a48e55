"""Experiments by name while many ask at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tracking.client.mlflow_experiments import MlflowExperiments
from tracking.service.experiment_naming import ExperimentLabel, ExperimentNaming

AT_ONCE = 50


@pytest.fixture
def naming(mlflow_database, mlflow_client):
    return ExperimentNaming(mlflow_database, MlflowExperiments(mlflow_client))


@pytest.fixture
def ensured_by_many(naming, experiment_name):
    start = threading.Barrier(AT_ONCE)

    def ensure(_):
        start.wait()
        return naming.ensure(ExperimentLabel(experiment_name, None, None))

    def all_at_once():
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return set(pool.map(ensure, range(AT_ONCE)))

    return all_at_once


def test_a_new_name_that_many_ask_for_at_once_is_one_experiment(ensured_by_many):
    assert len(ensured_by_many()) == 1


def test_a_name_deleted_in_mlflows_interface_becomes_one_new_active_experiment(
    ensured_by_many, mlflow_client, experiment_id
):
    mlflow_client.delete_experiment(experiment_id)
    (found,) = ensured_by_many()
    assert found != experiment_id
    assert mlflow_client.get_experiment(found).lifecycle_stage == "active"
    assert mlflow_client.get_experiment(experiment_id).lifecycle_stage == "deleted"


def test_a_label_shows_its_description_in_mlflows_interface_too():
    assert ExperimentLabel("x", "what for", "Ale").tags == {
        "description": "what for",
        "mlflow.note.content": "what for",
        "owner": "Ale",
    }
    assert ExperimentLabel("x", None, None).tags == {}
