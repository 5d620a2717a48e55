"""Models on a real MLflow server and in its registry."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import mlflow
import pandas as pd
import pytest
from sklearn.datasets import load_iris

from modelcatalogue.pipelines import build
from modelcatalogue.storage import trusted_types
from tracking.client.mlflow_models import FittedModel, MlflowModels, requirements


@pytest.fixture(scope="module")
def fitted():
    features, target = load_iris(return_X_y=True, as_frame=True)
    pipeline = build("RandomForest", {"n_estimators": 2}).fit(features, target)
    name = f"RandomForest {uuid.uuid4().hex}"
    return FittedModel(name, pipeline, features, tuple(trusted_types("RandomForest")), "sklearn")


@pytest.fixture
def models(mlflow_client):
    return MlflowModels(mlflow_client)


@pytest.fixture
def loaded(mlflow_server, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_server.url)
    return mlflow.sklearn.load_model


def test_a_logged_model_is_loaded_from_its_run_and_predicts_the_same(
    models, mlflow_client, experiment_id, fitted, loaded
):
    run_id = mlflow_client.create_run(experiment_id).info.run_id
    models.log(experiment_id, run_id, fitted)
    again = loaded(f"runs:/{run_id}/model").predict(fitted.features)
    assert list(again) == list(fitted.pipeline.predict(fitted.features))


def test_a_logged_model_says_what_it_takes_and_what_it_needs(
    models, mlflow_client, experiment_id, fitted, loaded
):
    run_id = mlflow_client.create_run(experiment_id).info.run_id
    models.log(experiment_id, run_id, fitted)
    info = mlflow.models.get_model_info(f"runs:/{run_id}/model")
    assert info.signature.inputs.input_names() == list(fitted.features.columns)
    assert info.saved_input_example_info is not None
    assert info.flavors["sklearn"]["serialization_format"] == "skops"
    example = mlflow.models.Model.load(f"runs:/{run_id}/model").load_input_example()
    pd.testing.assert_frame_equal(example, fitted.features.head(5))


def test_each_logged_model_is_a_new_version_under_its_name(models, mlflow_client, experiment_id, fitted):
    runs = [mlflow_client.create_run(experiment_id).info.run_id for _ in range(2)]
    versions = [models.log(experiment_id, run_id, fitted) for run_id in runs]
    assert int(versions[1]) == int(versions[0]) + 1
    registered = mlflow_client.get_model_version(fitted.name, versions[1])
    assert (registered.run_id, registered.status) == (runs[1], "READY")


def test_a_new_name_that_several_register_at_once_is_registered_once(
    models, mlflow_client, experiment_id, fitted
):
    fresh = FittedModel(uuid.uuid4().hex, fitted.pipeline, fitted.features, fitted.trusted, fitted.library)
    start = threading.Barrier(6)

    def log(run_id):
        start.wait()
        return models.log(experiment_id, run_id, fresh)

    runs = [mlflow_client.create_run(experiment_id).info.run_id for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        versions = set(pool.map(log, runs))
    assert versions == {"1", "2", "3", "4", "5", "6"}


def test_a_pipeline_of_types_that_are_not_trusted_is_not_stored(models, mlflow_client, experiment_id, fitted):
    run_id = mlflow_client.create_run(experiment_id).info.run_id
    strange = FittedModel(fitted.name, fitted.pipeline, fitted.features, (), "sklearn")
    with pytest.raises(mlflow.exceptions.MlflowException, match="untrusted"):
        models.log(experiment_id, run_id, strange)


def test_requirements_are_pinned_and_name_the_models_own_library():
    assert any(line.startswith("scikit-learn==") for line in requirements("sklearn"))
    assert any(line.startswith("lightgbm==") for line in requirements("lightgbm"))
