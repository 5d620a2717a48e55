"""One model's search, recorded on a real MLflow server."""

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from servicekit.database_url import driver_url
from tracking.client.mlflow_models import MlflowModels
from tracking.client.mlflow_writers import MlflowWriters
from tracking.service.errors import ExperimentDeletedMeanwhile
from tracking.service.search_plan import SearchPlan
from tracking.service.training_set import read_training_set
from tracking.service.tuned_runs import RunPlace, TunedRuns
from tracking.service.tuning_series import TuningSeries

PLAN = SearchPlan(("DecisionTree",), {"DecisionTree": {"max_depth": [1, None]}}, "accuracy", 5, "standard")


@pytest.fixture(scope="module")
def wine(wine_database_url):
    with Session(create_engine(driver_url(wine_database_url))) as session:
        return read_training_set(session, "wine")


@pytest.fixture
def writers(settings):
    return MlflowWriters.of(settings)


def tuned_runs(writers, models=None):
    return TunedRuns(writers.runs, models or writers.models, TuningSeries(CollectorRegistry()), 42)


def test_a_search_is_a_finished_run_with_all_that_belongs_to_it(writers, wine, mlflow_client, experiment_id):
    tuned = tuned_runs(writers).tune(RunPlace(experiment_id, "an id"), "DecisionTree", PLAN, wine)
    run = mlflow_client.get_run(tuned.run_id)
    assert (tuned.failure, run.info.status) == (None, "FINISHED")
    assert run.data.params == {
        "model_max_depth": "None",
        "grid_search_max_depth": "[1, None]",
        "grid_search_scoring": "accuracy",
        "grid_search_cv_folds": "5",
        "data_samples": "106",
        "data_features": "13",
        "data_classes": "3",
    }
    assert set(run.data.metrics) == {
        "model_accuracy",
        "model_f1_score",
        "model_precision",
        "model_recall",
        "system_cpu_usage",
        "system_execution_time",
    }
    assert run.data.tags["hyperparameters"] == '{"max_depth": null}'
    assert run.outputs.model_outputs


def test_a_deleted_experiment_takes_no_run(writers, wine, mlflow_client, experiment_id):
    mlflow_client.delete_experiment(experiment_id)
    with pytest.raises(ExperimentDeletedMeanwhile):
        tuned_runs(writers).tune(RunPlace(experiment_id, "an id"), "DecisionTree", PLAN, wine)


class DeletingModels(MlflowModels):
    """Somebody deletes the run while its model is stored."""

    def log(self, experiment_id, run_id, model):
        self._client.delete_run(run_id)
        return super().log(experiment_id, run_id, model)


def test_a_run_that_is_deleted_meanwhile_fails_and_says_so(writers, wine, mlflow_client, experiment_id):
    runs = tuned_runs(writers, DeletingModels(mlflow_client))
    tuned = runs.tune(RunPlace(experiment_id, "an id"), "DecisionTree", PLAN, wine)
    assert tuned.failure is not None
    assert "active" in tuned.failure
    assert mlflow_client.get_run(tuned.run_id).info.lifecycle_stage == "deleted"
