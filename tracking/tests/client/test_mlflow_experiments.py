"""Experiments on a real MLflow server."""

import pytest

from tracking.client.mlflow_experiments import LONGEST_NAME, MlflowExperiments, freed_name


@pytest.fixture
def experiments(mlflow_client):
    return MlflowExperiments(mlflow_client)


def test_a_new_name_makes_an_experiment_with_its_tags(experiments, mlflow_client, experiment_name):
    made = experiments.ensure(experiment_name, {"owner": "Ale"})
    assert mlflow_client.get_experiment(made).tags["owner"] == "Ale"


def test_a_known_name_is_the_same_experiment_and_keeps_its_tags(experiments, mlflow_client, experiment_name):
    first = experiments.ensure(experiment_name, {"owner": "Ale"})
    assert experiments.ensure(experiment_name, {"owner": "Bea"}) == first
    assert mlflow_client.get_experiment(first).tags["owner"] == "Ale"


def test_a_deleted_experiment_frees_its_name(experiments, mlflow_client, experiment_name):
    first = experiments.ensure(experiment_name, {})
    experiments.delete(first, experiment_name)
    second = experiments.ensure(experiment_name, {})
    assert second != first
    assert mlflow_client.get_experiment(first).lifecycle_stage == "deleted"
    assert mlflow_client.get_experiment(first).name.startswith(experiment_name)


def test_an_experiment_deleted_in_mlflows_own_interface_frees_its_name(
    experiments, mlflow_client, experiment_name
):
    first = experiments.ensure(experiment_name, {})
    run_id = mlflow_client.create_run(first).info.run_id
    mlflow_client.delete_experiment(first)
    assert experiments.ensure(experiment_name, {}) != first
    assert mlflow_client.get_experiment(first).lifecycle_stage == "deleted"
    assert mlflow_client.get_run(run_id).info.lifecycle_stage == "deleted"


def test_a_freed_name_fits_and_is_never_the_same():
    names = {freed_name("x" * LONGEST_NAME) for _ in range(20)}
    assert len(names) == 20
    assert {len(name) for name in names} == {LONGEST_NAME}
