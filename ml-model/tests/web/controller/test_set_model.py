import pytest

from modelcatalogue.entries import names
from servicekit.testing import assert_error


def post(client, **body):
    return client.post("/root/ml/set_model", json=body)


@pytest.mark.parametrize("name", names())
def test_every_model_of_the_catalogue_can_be_deployed_trained_and_tested(client, load, name):
    load("training", "testing")
    response = post(client, model_name=name, hyperparameters={})
    assert response.status_code == 200
    assert response.get_json()["message"] == "Model successfully uploaded"
    assert client.get("/root/ml").get_json()["name"] == name
    assert client.post("/root/ml", json={"dataset": "training"}).get_json()["data"]["accuracy"] > 0.9
    assert client.post("/root/ml", json={"dataset": "testing"}).get_json()["data"]["accuracy"] > 0.8


@pytest.mark.parametrize("name", ["Perceptron", "", "svc", "x" * 500])
def test_an_unknown_model_is_answered_with_the_names_that_there_are(client, name):
    fault = assert_error(post(client, model_name=name, hyperparameters={}), 400)
    assert fault["error"] == "Model not Found"
    for known in ("RandomForest", "SVC", "LogisticRegression"):
        assert known in fault["message"]


@pytest.mark.parametrize(
    ("hyperparameters", "named"),
    [
        ({"c": 1}, "c"),
        ({"C": -1}, "C"),
        ({"C": "1"}, "C"),
        ({"C": [1]}, "C"),
        ({"C": None}, "C"),
        ({"kernel": "precomputed"}, "kernel"),
        ({"verbose": True}, "verbose"),
        ({"break_ties": True, "decision_function_shape": "ovo"}, "break_ties"),
    ],
)
def test_a_wrong_hyperparameter_is_named(client, hyperparameters, named):
    fault = assert_error(post(client, model_name="SVC", hyperparameters=hyperparameters), 400, mentions=named)
    assert f"hyperparameters.{named}" in {detail["field"] for detail in fault["details"]}
    assert client.get("/root/ml").get_json()["name"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"model_name": "SVC"},
        {"hyperparameters": {}},
        {"model_name": 1, "hyperparameters": {}},
        {"model_name": "SVC", "hyperparameters": []},
        {"model_name": "SVC", "hyperparameters": {}, "preprocessing": "robust"},
        {"model_name": "SVC", "hyperparameters": {}, "run_id": "../secrets"},
        {"model_name": "SVC", "hyperparameters": {}, "model_uri": "models:/m-1"},
        {"model_name": "SVC", "hyperparameters": {}, "run_id": "a", "model_uri": "file:///etc/passwd"},
        {"model_name": "SVC", "hyperparameters": {}, "run_id": "a", "model_uri": "runs:/../../x"},
        {"model_name": "SVC", "hyperparameters": {}, "surprise": 1},
    ],
)
def test_a_malformed_request_is_refused(client, body):
    assert_error(post(client, **body), 400)


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [(b"{", "application/json", 400), (b'{"C": NaN}', "application/json", 400), (b"{}", "text/plain", 415)],
)
def test_what_is_not_json_is_refused(client, data, content_type, status):
    assert_error(client.post("/root/ml/set_model", data=data, content_type=content_type), status)


def test_preprocessing_can_be_left_out(client, load):
    load("training", "testing")
    scores = {}
    for preprocessing in ("standard", "none"):
        post(client, model_name="SVC", hyperparameters={}, preprocessing=preprocessing)
        client.post("/root/ml", json={"dataset": "training"})
        scores[preprocessing] = client.post("/root/ml", json={"dataset": "testing"}).get_json()["data"]
    assert scores["standard"]["accuracy"] > scores["none"]["accuracy"]
    assert scores["none"]["preprocessing"] == "none"


def test_with_mlflow_away_a_run_is_answered_503_and_the_rest_goes_on(client):
    response = post(client, model_name="SVC", hyperparameters={}, run_id="a" * 32)
    assert_error(response, 503, mentions="MLflow")
    assert int(response.headers["Retry-After"]) > 0
    assert post(client, model_name="SVC", hyperparameters={}).status_code == 200
