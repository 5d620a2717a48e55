"""Many registrations and switches at the same time, over several connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from ml_model.bootstrap import create_app

BODY = {
    "endpoint_name": "wine",
    "algorithm_name": "classifier",
    "owner": "Ada",
    "source": {"trained": True},
}


@pytest.fixture
def workers(settings, fresh_url, tmp_path):
    """Two apps on one database, each with its own connections and memory."""
    changed = {
        "dataset_database_url": SecretStr(fresh_url),
        "database_pool_size": 30,
        "journal_directory": tmp_path / "journal",
    }
    apps = [create_app(settings.model_copy(update=changed)) for _ in range(2)]
    client = apps[0].test_client()
    client.post("/root/ml/set_model", json={"model_name": "LogisticRegression", "hyperparameters": {}})
    assert client.post("/root/ml", json={"dataset": "training"}).status_code == 200
    yield apps
    for app in apps:
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def query(fresh_url):
    engine = create_engine(fresh_url)

    def query(statement):
        with engine.begin() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    yield query
    engine.dispose()


def at_once(workers, requests):
    barrier = Barrier(len(requests))

    def send(numbered):
        number, (path, body) = numbered
        client = workers[number % len(workers)].test_client()
        barrier.wait()
        response = client.post(path, json=body)
        return response.status_code, response.get_json()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, enumerate(requests)))


def test_fifty_versions_of_one_name_are_numbered_densely(workers, query):
    answers = at_once(workers, [("/api/v1/mlalgorithms", BODY | {"force": True})] * 50)
    assert [status for status, _ in answers] == [201] * 50
    assert sorted(body["number"] for _, body in answers) == list(range(1, 51))
    assert sorted(int(body["version"]) for _, body in answers) == list(range(1, 51))
    assert len({body["id"] for _, body in answers}) == 50
    assert query("SELECT count(*) FROM ml_model.endpoints") == [(1,)]
    active = "SELECT status, count(*) FROM ml_model.algorithm_statuses WHERE active GROUP BY 1"
    assert query(active) == [("testing", 50)]


def test_fifty_equal_registrations_leave_one_version(workers, query):
    answers = at_once(workers, [("/api/v1/mlalgorithms", BODY)] * 50)
    assert sorted(status for status, _ in answers) == [200] * 49 + [201]
    assert len({body["id"] for _, body in answers}) == 1
    assert query("SELECT count(*) FROM ml_model.algorithms") == [(1,)]


def test_fifty_registrations_for_production_leave_one_there(workers, query):
    body = BODY | {"force": True, "algorithm_status": "production"}
    answers = at_once(workers, [("/api/v1/mlalgorithms", body)] * 50)
    assert [status for status, _ in answers] == [201] * 50
    active = "SELECT status, count(*) FROM ml_model.algorithm_statuses WHERE active GROUP BY 1 ORDER BY 1"
    assert query(active) == [("production", 1), ("testing", 49)]
    ended = "SELECT count(*) FROM ml_model.algorithm_statuses WHERE NOT active AND ended_at IS NOT NULL"
    assert query(ended) == [(49,)]


def test_fifty_switches_at_once_leave_one_in_production(workers, query):
    ids = [at_once(workers, [("/api/v1/mlalgorithms", BODY | {"force": True})])[0][1]["id"] for _ in range(5)]
    requests = [
        (
            "/api/v1/mlalgorithmstatuses",
            {"parent_mlalgorithm": ids[number % 5], "status": "production", "created_by": str(number)},
        )
        for number in range(50)
    ]
    answers = at_once(workers, requests)
    assert {status for status, _ in answers} <= {200, 201}
    active = "SELECT status, count(*) FROM ml_model.algorithm_statuses WHERE active GROUP BY 1 ORDER BY 1"
    assert query(active) == [("production", 1), ("testing", 4)]
    assert {app.test_client().get("/api/v1/endpoints/wine").get_json()["production"] for app in workers} == {
        query(
            "SELECT a.name || ':' || a.version FROM ml_model.algorithms a JOIN ml_model.algorithm_statuses s "
            "USING (algorithm_id) WHERE s.active AND s.status = 'production'"
        )[0][0]
    }
