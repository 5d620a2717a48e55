"""Many requests at the same time, over several connections, as several worker processes make them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from ml_model.bootstrap import create_app
from modelcatalogue.storage import dumps

SVC = {"model_name": "SVC", "hyperparameters": {"C": 10}}
FOREST = {"model_name": "RandomForest", "hyperparameters": {"n_estimators": 5}}


@pytest.fixture
def workers(settings, fresh_url):
    """Two apps on one database, each with its own connections and memory."""
    mine = settings.model_copy(
        update={"dataset_database_url": SecretStr(fresh_url), "database_pool_size": 30}
    )
    apps = [create_app(mine) for _ in range(2)]
    yield apps
    for app in apps:
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def query(fresh_url):
    engine = create_engine(fresh_url)

    def query(statement):
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return result.all() if result.returns_rows else None

    yield query
    engine.dispose()


def at_once(workers, requests):
    """Send all requests at the same moment, in turn to each worker; give status and body of each."""
    barrier = Barrier(len(requests))

    def send(numbered):
        number, (path, body) = numbered
        client = workers[number % len(workers)].test_client()
        barrier.wait()
        response = client.post(path, json=body)
        return response.status_code, response.get_json()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, enumerate(requests)))


def test_fifty_equal_deployments_leave_one(workers, query):
    answers = at_once(workers, [("/root/ml/set_model", SVC)] * 50)
    assert {status for status, _ in answers} == {200}
    assert len({body["data"]["deployment_id"] for _, body in answers}) == 1
    assert query("SELECT count(*) FROM ml_model.deployments") == [(1,)]


def test_fifty_different_deployments_leave_a_history_that_all_see_alike(workers, query):
    requests = [
        ("/root/ml/set_model", {"model_name": "KNeighbors", "hyperparameters": {"n_neighbors": number + 1}})
        for number in range(50)
    ]
    answers = at_once(workers, requests)
    assert {status for status, _ in answers} == {200}
    assert query("SELECT count(*) FROM ml_model.deployments") == [(50,)]
    seen = [app.test_client().get("/root/ml").get_json()["deployed"] for app in workers]
    assert seen[0] == seen[1]
    assert seen[0]["deployment_id"] == max(body["data"]["deployment_id"] for _, body in answers)


def test_fifty_trainings_at_once_leave_one_model_and_one_prediction_a_sample(workers, query):
    at_once(workers, [("/root/ml/set_model", FOREST)])
    answers = at_once(workers, [("/root/ml", {"dataset": "training"})] * 50)
    assert {status for status, _ in answers} == {200}
    assert len({body["data"]["model_version"] for _, body in answers}) == 1
    assert query("SELECT count(*) FROM ml_model.trained_models") == [(1,)]
    assert query("SELECT count(*) FROM ml_model.evaluations") == [(1,)]
    assert query("SELECT count(*), count(DISTINCT sample_index) FROM predictions") == [(106, 106)]


def test_deployments_trainings_and_scores_mixed_leave_no_mixture(workers, query):
    at_once(workers, [("/root/ml/set_model", SVC)])
    at_once(workers, [("/root/ml", {"dataset": "training"})])
    kinds = [
        ("/root/ml/set_model", SVC),
        ("/root/ml/set_model", FOREST),
        ("/root/ml", {"dataset": "training"}),
        ("/root/ml", {"dataset": "testing"}),
        ("/root/ml", {"dataset": "production"}),
    ]
    answers = at_once(workers, kinds * 8)
    assert {status for status, _ in answers} <= {200, 409}
    versions = query("SELECT count(DISTINCT model_version) FROM predictions GROUP BY dataset_id")
    assert set(versions) == {(1,)}
    seen = [app.test_client().get("/root/ml").get_json() for app in workers]
    assert seen[0] == seen[1]


def test_a_slow_training_does_not_overwrite_a_later_deployment(workers, query, monkeypatch):
    at_once(workers, [("/root/ml/set_model", SVC)])
    fitted, deployed = Event(), Event()

    def slow_dumps(pipeline):
        fitted.set()
        assert deployed.wait(30)
        return dumps(pipeline)

    monkeypatch.setattr("ml_model.service.training.dumps", slow_dumps)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(lambda: workers[0].test_client().post("/root/ml", json={"dataset": "training"}))
        assert fitted.wait(30)
        assert workers[1].test_client().post("/root/ml/set_model", json=FOREST).status_code == 200
        deployed.set()
        answer = slow.result()
    assert answer.status_code == 409
    assert answer.get_json()["error"] == "Model changed"
    assert query("SELECT count(*) FROM ml_model.trained_models") == [(0,)]
    assert query("SELECT count(*) FROM predictions") == [(0,)]


def test_a_set_that_is_reloaded_meanwhile_is_told(workers, query, monkeypatch):
    at_once(workers, [("/root/ml/set_model", SVC)])

    def reloading_dumps(pipeline):
        query("DELETE FROM datasets WHERE name = 'training'")
        return dumps(pipeline)

    monkeypatch.setattr("ml_model.service.training.dumps", reloading_dumps)
    ((status, body),) = at_once(workers, [("/root/ml", {"dataset": "training"})])
    assert (status, body["error"]) == (409, "Dataset changed")
    assert query("SELECT count(*) FROM ml_model.trained_models") == [(0,)]


def test_what_one_worker_trained_another_and_a_new_one_use(workers, settings, fresh_url):
    first, second = (app.test_client() for app in workers)
    assert first.post("/root/ml/set_model", json=FOREST).status_code == 200
    trained = first.post("/root/ml", json={"dataset": "training"}).get_json()
    tested = second.post("/root/ml", json={"dataset": "testing"}).get_json()
    restarted = create_app(settings.model_copy(update={"dataset_database_url": SecretStr(fresh_url)}))
    after = restarted.test_client()
    assert after.get("/root/ml").get_json() == first.get("/root/ml").get_json()
    again = after.post("/root/ml", json={"dataset": "testing"}).get_json()
    assert again["message"] == tested["message"]
    assert again["data"]["model_version"] == trained["data"]["model_version"]


def test_a_damaged_model_is_not_used_and_training_mends_it(workers, query):
    first, second = (app.test_client() for app in workers)
    first.post("/root/ml/set_model", json=SVC)
    broken = first.post("/root/ml", json={"dataset": "training"}).get_json()["data"]["model_version"]
    query("UPDATE ml_model.trained_models SET model = substring(model FROM 1 FOR 100)")
    answer = second.post("/root/ml", json={"dataset": "testing"})
    assert answer.status_code == 409
    assert answer.get_json()["error"] == "Stored model damaged"
    mended = second.post("/root/ml", json={"dataset": "training"}).get_json()["data"]["model_version"]
    assert mended != broken
    assert second.post("/root/ml", json={"dataset": "testing"}).status_code == 200
    assert first.post("/root/ml", json={"dataset": "testing"}).status_code == 200


def test_a_model_over_the_limit_is_not_stored(settings, fresh_url, query):
    small = settings.model_copy(
        update={"dataset_database_url": SecretStr(fresh_url), "max_trained_model_bytes": 20_000}
    )
    client = create_app(small).test_client()
    client.post("/root/ml/set_model", json=FOREST)
    answer = client.post("/root/ml", json={"dataset": "training"})
    assert answer.status_code == 409
    assert "ML_MODEL_MAX_TRAINED_MODEL_BYTES" in answer.get_json()["message"]
    assert query("SELECT count(*) FROM ml_model.trained_models") == [(0,)]
