import hashlib
from pathlib import Path

import mlflow
import mlflow.sklearn
import pytest
from sqlalchemy import text

from modelcatalogue.pipelines import build
from modelcatalogue.storage import trusted_types
from servicekit.testing import assert_error

TUNED = [
    ("LogisticRegression", {"C": 0.1, "solver": "liblinear"}, "standard"),
    ("LogisticRegression", {"C": 1}, "none"),
    ("RandomForest", {"n_estimators": 3, "max_depth": None}, "standard"),
    ("XGBoost", {"n_estimators": 3, "random_state": 7}, "standard"),
    ("LightGBM", {"n_estimators": 3}, "standard"),
]


@pytest.fixture(scope="module", autouse=True)
def _mlflow_address(mlflow_server):
    """MLflow's own functions write to this server, and no longer when these tests are done."""
    mlflow.set_tracking_uri(mlflow_server.url)
    yield
    mlflow.set_tracking_uri(None)


@pytest.fixture(scope="module")
def log_run(mlflow_server, wine_sets):
    """A function that logs a fitted pipeline in a run, as tracking does, and gives the run."""
    features, target = wine_sets["training"]

    def log_run(name, hyperparameters, preprocessing="standard", **options):
        pipeline = build(name, hyperparameters, preprocessing).fit(features, target)
        stored = {"serialization_format": "skops", "skops_trusted_types": trusted_types(name), **options}
        with mlflow.start_run() as run:
            mlflow.sklearn.log_model(pipeline, name="model", pip_requirements=["scikit-learn"], **stored)
        return mlflow.MlflowClient(mlflow_server.url).get_run(run.info.run_id)

    return log_run


@pytest.fixture
def settings(settings, mlflow_server):
    return settings.model_copy(update={"mlflow_tracking_uri": mlflow_server.url})


def deploy(client, name, hyperparameters, **more):
    return client.post(
        "/root/ml/set_model", json={"model_name": name, "hyperparameters": hyperparameters, **more}
    )


@pytest.mark.parametrize("tuned", TUNED, ids=str)
def test_what_was_tuned_is_what_is_trained(client, load, log_run, tuned):
    name, hyperparameters, preprocessing = tuned
    load("training", "testing")
    scores = []
    run = log_run(name, hyperparameters, preprocessing)
    for more in ({"run_id": run.info.run_id}, {"preprocessing": preprocessing}):
        response = deploy(client, name, hyperparameters, **more)
        assert response.status_code == 200, response.text
        assert response.get_json()["data"]["preprocessing"] == preprocessing
        assert response.get_json()["data"]["run_id"] == more.get("run_id")
        client.post("/root/ml", json={"dataset": "training"})
        scores.append(client.post("/root/ml", json={"dataset": "testing"}).get_json()["data"]["f1_score"])
    assert scores[0] == scores[1]


def test_the_hash_of_the_runs_bytes_is_kept_and_the_same_again_changes_nothing(client, app, log_run):
    run = log_run("SVC", {"C": 10})
    uri = f"models:/{run.outputs.model_outputs[0].model_id}"
    first = deploy(client, "SVC", {"C": 10}, run_id=run.info.run_id).get_json()["data"]
    again = deploy(client, "SVC", {"C": 10}, run_id=run.info.run_id, model_uri=uri).get_json()["data"]
    assert first == again
    directory = mlflow.artifacts.download_artifacts(uri)
    data = (Path(directory) / "model.skops").read_bytes()
    assert first["artifact_sha256"] == hashlib.sha256(data).hexdigest()
    with app.app_context():
        count = app.extensions["sqlalchemy"].session.execute(
            text("SELECT count(*) FROM ml_model.deployments")
        )
        assert count.scalar() == 1


@pytest.mark.parametrize(
    ("stated", "more", "differing"),
    [
        (("SVC", {"C": 1}), {}, {"C"}),
        (("SVC", {"C": 10, "kernel": "linear"}), {}, {"kernel"}),
        (("SVC", {"C": 10, "random_state": 7}), {}, {"random_state"}),
        (("RandomForest", {}), {}, {"model_name"}),
        (("LogisticRegression", {"C": 10}), {}, {"model_name"}),
        (("SVC", {"C": 10}), {"preprocessing": "none"}, {"preprocessing"}),
    ],
)
def test_a_run_that_is_not_what_is_stated_is_refused(client, svc_run, stated, more, differing):
    response = deploy(client, *stated, run_id=svc_run.info.run_id, **more)
    fault = assert_error(response, 400, mentions="differs")
    assert fault["error"] == "Run does not match"
    assert {detail["field"] for detail in fault["details"]} == differing
    assert client.get("/root/ml").get_json()["name"] is None


@pytest.fixture(scope="module")
def svc_run(log_run):
    return log_run("SVC", {"C": 10})


@pytest.mark.parametrize("run_id", ["0" * 32, "nothing", "a-b_C"])
def test_an_unknown_run_is_not_found(client, run_id):
    assert_error(deploy(client, "SVC", {}, run_id=run_id), 404, mentions=run_id)


def test_a_deleted_run_is_not_found(client, log_run, mlflow_server):
    run = log_run("SVC", {})
    mlflow.MlflowClient(mlflow_server.url).delete_run(run.info.run_id)
    assert_error(deploy(client, "SVC", {}, run_id=run.info.run_id), 404, mentions="deleted")


def test_a_run_without_a_model_is_told(client):
    with mlflow.start_run() as run:
        mlflow.log_param("C", 1)
    fault = assert_error(deploy(client, "SVC", {}, run_id=run.info.run_id), 404, mentions="no model")
    assert fault["error"] == "Model of the run not found"


def test_the_model_of_another_run_is_refused(client, svc_run, log_run):
    other = log_run("SVC", {"C": 10})
    uri = f"models:/{other.outputs.model_outputs[0].model_id}"
    response = deploy(client, "SVC", {"C": 10}, run_id=svc_run.info.run_id, model_uri=uri)
    assert_error(response, 404, mentions="no model that can be deployed")


def test_a_model_in_a_format_that_runs_code_is_refused(client, log_run):
    run = log_run("SVC", {}, serialization_format="cloudpickle", skops_trusted_types=None)
    assert_error(deploy(client, "SVC", {}, run_id=run.info.run_id), 404, mentions="skops")


def test_a_model_with_a_type_that_no_entry_trusts_is_refused(client):
    from sklearn.linear_model import SGDClassifier

    fitted = SGDClassifier(loss="hinge").fit([[0.0], [1.0]], [0, 1])
    with mlflow.start_run() as run:
        mlflow.sklearn.log_model(
            fitted,
            name="model",
            pip_requirements=["scikit-learn"],
            serialization_format="skops",
            skops_trusted_types=["numpy.dtype", "sklearn.linear_model._sgd_fast.Hinge"],
        )
    response = deploy(client, "SVC", {}, run_id=run.info.run_id)
    assert assert_error(response, 409, mentions="not deployed")["error"] == "Model refused"


def test_without_mlflow_what_was_deployed_goes_on_and_once_it_is_back_all_does(
    client, load, log_run, mlflow_server
):
    load("training")
    name, hyperparameters = "KNeighbors", {"n_neighbors": 3}
    run_id = log_run(name, hyperparameters).info.run_id
    assert deploy(client, name, hyperparameters, run_id=run_id).status_code == 200
    mlflow_server.stop()
    try:
        assert client.post("/root/ml", json={"dataset": "training"}).status_code == 200
        response = deploy(client, name, hyperparameters, run_id=run_id)
        assert_error(response, 503, mentions="MLflow")
        assert response.headers["Retry-After"]
        assert client.get("/ready").get_json()["checks"]["mlflow"] != "ok"
    finally:
        mlflow_server.start()
    assert client.get("/ready").get_json()["checks"] == {"dataset_db": "ok", "mlflow": "ok"}
    assert deploy(client, name, hyperparameters, run_id=run_id).status_code == 200
