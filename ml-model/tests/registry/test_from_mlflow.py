"""Real runs on a real server."""

import mlflow
import mlflow.sklearn
import pytest
from mlflow.models import infer_signature

from modelcatalogue.pipelines import build
from modelcatalogue.storage import trusted_types
from servicekit.testing import assert_error


@pytest.fixture(autouse=True)
def _address(mlflow_server):
    mlflow.set_tracking_uri(mlflow_server.url)
    yield
    mlflow.set_tracking_uri(None)


@pytest.fixture
def settings(settings, mlflow_server):
    return settings.model_copy(update={"mlflow_tracking_uri": mlflow_server.url})


@pytest.fixture(scope="module")
def log(mlflow_server, wine_sets):
    features, target = wine_sets["training"]

    def log(name, hyperparameters, **options):
        pipeline = build(name, hyperparameters).fit(features, target)
        stored = {"serialization_format": "skops", "skops_trusted_types": trusted_types(name), **options}
        mlflow.set_tracking_uri(mlflow_server.url)
        with mlflow.start_run() as run:
            mlflow.sklearn.log_model(pipeline, name="model", pip_requirements=["scikit-learn"], **stored)
        return run.info.run_id

    return log


def test_a_run_with_signature_and_example(log, register, wine_sets):
    features, target = wine_sets["training"]
    run_id = log(
        "RandomForest",
        {"n_estimators": 10},
        signature=infer_signature(features, target),
        input_example=features.head(2),
    )
    response = register(source={"run_id": run_id})
    assert response.status_code == 201, response.text
    answer = response.get_json()
    assert [field["name"] for field in answer["signature"]["fields"]] == list(features.columns)
    assert answer["input_example"] == pytest.approx(features.iloc[0].to_dict())
    assert (answer["runtime"]["engine"], answer["source"]["kind"]) == ("onnxruntime", "run")
    assert register(source={"run_id": run_id}).status_code == 200


def test_a_run_that_says_nothing_of_its_input(log, register, wine_sets):
    run_id = log("LogisticRegression", {"C": 0.5})
    answer = register(source={"run_id": run_id}).get_json()
    names = [field["name"] for field in answer["signature"]["fields"]]
    assert names == list(wine_sets["training"][0].columns)
    assert answer["runtime"]["form"] == "linear"


def test_a_registered_model_by_version_and_the_newest(log, register):
    for penalty in (0.2, 0.3):
        log("LogisticRegression", {"C": penalty}, registered_model_name="wine-model")
    first = register(source={"registered_model": "wine-model", "registered_version": 1})
    newest = register(source={"registered_model": "wine-model"})
    assert (first.status_code, newest.status_code) == (201, 201), newest.text
    assert newest.get_json()["source"]["registered_version"] == "2"
    assert newest.get_json()["number"] == 2


def test_what_is_not_there(log, register):
    assert_error(register(source={"run_id": "0" * 32}), 404, mentions="choose another run")
    assert_error(register(source={"registered_model": "nothing"}), 404, mentions="nothing")
    unknown = {"registered_model": "wine-model", "registered_version": 999}
    assert_error(register(source=unknown), 404, mentions="999")
    pickled = log("LogisticRegression", {}, serialization_format="cloudpickle", skops_trusted_types=None)
    assert_error(register(source={"run_id": pickled}), 404, mentions="skops")
