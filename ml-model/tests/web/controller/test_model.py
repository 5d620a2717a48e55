import pytest
from sqlalchemy import text

from servicekit.testing import assert_error

LOGISTIC = {"model_name": "LogisticRegression", "hyperparameters": {"C": 0.1, "solver": "liblinear"}}
FOREST = {
    "model_name": "RandomForest",
    "hyperparameters": {"n_estimators": 100, "max_depth": 10, "min_samples_split": 2, "min_samples_leaf": 1},
}


def deploy(client, body=LOGISTIC):
    response = client.post("/root/ml/set_model", json=body)
    assert response.status_code == 200, response.text
    return response.get_json()


def score(client, dataset, **more):
    response = client.post("/root/ml", json={"dataset": dataset, **more})
    assert response.status_code == 200, response.text
    return response.get_json()


def rows(app, statement):
    with app.app_context():
        return app.extensions["sqlalchemy"].session.execute(text(statement)).all()


def test_nothing_is_deployed_at_first(client):
    answer = client.get("/root/ml").get_json()
    assert answer["name"] is None
    assert answer["message"] == "ML model"
    assert answer["deployed"] is None
    assert answer["trained"] is None
    assert {"RandomForest", "SVC", "LogisticRegression", "XGBoost", "LightGBM"} <= set(answer["models"])


def test_the_guides_steps_give_scores_in_words_and_numbers(client, load):
    load("training", "testing", "production")
    deploy(client, FOREST)
    training = score(client, "training")
    assert training["message"] == "Score on training set: 100.00%"
    assert training["data"]["samples"] == 106
    assert training["data"]["model_name"] == "RandomForest"
    testing = score(client, "testing")
    accuracy = testing["data"]["accuracy"]
    assert testing["message"] == f"Score on testing set: {accuracy * 100:.2f}%"
    assert 0.9 < accuracy <= 1.0
    production = score(client, "production")
    assert {"accuracy", "f1_score", "precision", "recall"} < set(production["data"])
    assert production["data"]["model_version"] == training["data"]["model_version"]


def test_the_model_that_is_deployed_and_trained_is_told(client, load):
    load("training", "testing")
    deploy(client)
    before = client.get("/root/ml").get_json()
    assert before["name"] == "LogisticRegression"
    assert before["deployed"]["hyperparameters"] == LOGISTIC["hyperparameters"]
    assert before["deployed"]["preprocessing"] == "standard"
    assert before["trained"] is None
    score(client, "training")
    tested = score(client, "testing")["data"]
    trained = client.get("/root/ml").get_json()["trained"]
    assert trained["model_version"] == tested["model_version"]
    assert {one["dataset"]: one["accuracy"] for one in trained["scores"]}["testing"] == tested["accuracy"]


@pytest.mark.parametrize("dataset", ["training", "testing", "production"])
def test_the_same_request_twice_leaves_the_same_rows(client, load, app, dataset):
    load("training", "testing", "production")
    deploy(client)
    score(client, "training")
    first = score(client, dataset)["data"]
    kept = "SELECT value, model_version FROM predictions ORDER BY dataset_id, sample_index"
    predictions = rows(app, kept)
    deploy(client)
    second = score(client, dataset)["data"]
    assert {**first, "scored_at": None} == {**second, "scored_at": None}
    assert rows(app, kept) == predictions
    assert len(predictions) == 106 + (0 if dataset == "training" else 36)
    assert rows(app, "SELECT count(*) FROM ml_model.trained_models") == [(1,)]
    assert rows(app, "SELECT count(*) FROM ml_model.deployments") == [(1,)]


def test_another_deployment_is_untrained_until_it_is_trained(client, load):
    load("training", "testing")
    deploy(client)
    score(client, "training")
    deploy(client, FOREST)
    assert client.get("/root/ml").get_json()["trained"] is None
    assert_error(client.post("/root/ml", json={"dataset": "testing"}), 409, mentions="train")


def test_other_training_data_give_another_version(client, load, wine_sets):
    load("training", "testing")
    deploy(client)
    first = score(client, "training")["data"]["model_version"]
    features, target = wine_sets["training"]
    load("training", sets={"training": (features.head(90), target.head(90))})
    second = score(client, "training")["data"]
    assert second["model_version"] != first
    assert second["samples"] == 90
    load("training")
    assert score(client, "training")["data"]["model_version"] not in {first, second["model_version"]}


def test_loading_the_same_data_again_does_not_train_again(client, load):
    load("training")
    deploy(client)
    first = score(client, "training")["data"]["model_version"]
    load("training")
    assert score(client, "training")["data"]["model_version"] == first


@pytest.mark.parametrize("dataset", ["training", "testing", "production"])
def test_without_a_deployment_it_says_what_to_do(client, load, dataset):
    load("training", "testing", "production")
    body = assert_error(client.post("/root/ml", json={"dataset": dataset}), 409, mentions="set_model")
    assert body["error"] == "No model deployed"


@pytest.mark.parametrize("dataset", ["testing", "production"])
def test_before_training_it_says_what_to_do(client, load, dataset):
    load("training", "testing", "production")
    deploy(client)
    response = client.post("/root/ml", json={"dataset": dataset})
    assert assert_error(response, 409, mentions='POST /root/ml {"dataset": "training"}')


def test_a_set_that_is_not_loaded_is_named(client, load):
    deploy(client)
    response = client.post("/root/ml", json={"dataset": "training"})
    assert_error(response, 404, mentions='{"set_name": "training", "source": "wine"}')
    load("training")
    score(client, "training")
    assert_error(client.post("/root/ml", json={"dataset": "production"}), 404, mentions="production")
    assert_error(
        client.post("/root/ml", json={"dataset": "training", "source": "beer"}), 404, mentions="'beer'"
    )


@pytest.mark.parametrize("body", [{"dataset": "validation"}, {"dataset": None}, {"dataset": 1}, {}, []])
def test_an_unknown_dataset_lists_the_known(client, body):
    fault = assert_error(client.post("/root/ml", json=body), 400)
    if isinstance(body, dict) and isinstance(body.get("dataset"), str):
        assert "'training', 'testing' or 'production'" in fault["message"]


@pytest.mark.parametrize("source", ["", 1, "x" * 101])
def test_a_source_that_is_no_name_is_refused(client, source):
    assert_error(client.post("/root/ml", json={"dataset": "training", "source": source}), 400, "source")


def test_a_set_with_other_columns_is_refused_with_the_differences(client, load, iris):
    schema, sets = iris
    load("training")
    load("training", "testing", schema=schema, sets=sets)
    deploy(client)
    version = score(client, "training")["data"]["model_version"]
    fault = assert_error(
        client.post("/root/ml", json={"dataset": "testing", "source": "iris"}), 409, mentions=version
    )
    named = {detail["column"] for detail in fault["details"]}
    assert named == {*schema.feature_names, *(name for name in named if name not in schema.feature_names)}
    assert "alcohol" in named
    assert score(client, "training", source="iris")["data"]["samples"] == 150
    assert score(client, "testing", source="iris")["data"]["accuracy"] > 0.8


def test_a_model_that_the_training_set_does_not_allow_is_refused_in_its_words(client, load):
    load("training")
    deploy(client, {"model_name": "KNeighbors", "hyperparameters": {"n_neighbors": 500}})
    fault = assert_error(client.post("/root/ml", json={"dataset": "training"}), 409, mentions="n_neighbors")
    assert fault["error"] == "Training failed"
    assert client.get("/root/ml").get_json()["trained"] is None


def test_the_series_show_the_latest_scores(client, load):
    load("training", "testing")
    deploy(client)
    score(client, "training")
    accuracy = score(client, "testing")["data"]["accuracy"]
    series = client.get("/metrics").text
    assert f'ml_model_score{{dataset="testing",metric="accuracy",source="wine"}} {accuracy}' in series
    assert (
        'ml_model_predictions_total{dataset="training",model_name="LogisticRegression",source="wine"} 106.0'
        in series
    )
    assert 'ml_model_deployments_total{model_name="LogisticRegression"} 1.0' in series
    assert 'ml_model_fit_duration_seconds_count{model_name="LogisticRegression"} 1.0' in series
