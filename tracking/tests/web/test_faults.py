"""What is answered while something that tracking needs is away, and that it heals."""

import signal
import time

import httpx
import pytest

from servicekit.testing import assert_error
from tracking.bootstrap import create_app

ROUTE = "/root/tracking/model_management"
EXPERIMENTS = "/root/tracking/experiments"


@pytest.fixture
def stopped_mlflow(mlflow_server):
    """MLflow killed; started again when the test asks, and at its end."""
    mlflow_server.kill()
    yield mlflow_server
    if mlflow_server.process.poll() is not None:
        mlflow_server.start()


def test_all_that_is_needed_is_checked(client):
    answer = client.get("/ready")
    rows = {"dataset_db": "ok", "mlflow": "ok", "mlflow_db": "ok", "ml_model": "ok"}
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ready", "checks": rows})


def test_without_mlflow_writing_is_503_reading_goes_on_and_it_heals(client, small, stopped_mlflow):
    answer = client.post(ROUTE, json=small)
    assert_error(answer, 503, "MLflow")
    assert int(answer.headers["Retry-After"]) > 0
    assert client.get(EXPERIMENTS).status_code == 200
    ready = client.get("/ready")
    assert ready.status_code == 503
    assert ready.get_json()["checks"]["mlflow"] != "ok"
    assert client.get("/health").status_code == 200
    stopped_mlflow.start()
    assert client.post(ROUTE, json=small).status_code == 201


def test_an_mlflow_that_does_not_answer_is_503_in_time(settings, small, mlflow_server):
    client = create_app(settings.model_copy(update={"mlflow_timeout_seconds": 1})).test_client()
    mlflow_server.signal(signal.SIGSTOP)
    try:
        started = time.monotonic()
        assert_error(client.post(ROUTE, json=small), 503, "MLflow")
        assert time.monotonic() - started < 10
    finally:
        mlflow_server.signal(signal.SIGCONT)
    create_app(settings)


def test_a_run_that_was_interrupted_never_looks_complete(
    client, small, mlflow_client, experiment_id, monkeypatch
):
    from tracking.client import mlflow_models

    def killed(*_):
        raise SystemExit

    monkeypatch.setattr(mlflow_models.MlflowModels, "log", killed)
    with pytest.raises(SystemExit):
        client.post(ROUTE, json=small)
    rows = client.get(EXPERIMENTS).get_json()["data"]
    found = next(row for row in rows if row["name"] == small["experiment_name"])
    runs = client.get(f"/root/tracking/runs?experiment_id={found['experiment_id']}").get_json()["data"]
    assert [run["status"] for run in runs] == ["RUNNING"]
    best = {"experiment_id": found["experiment_id"], "request_information": "best_model"}
    assert_error(client.post(EXPERIMENTS, json={**best, "filter": ["model_accuracy"]}), 404)


def test_without_ml_model_deploying_is_503(settings, optimize, small):
    run_id = optimize(small)["run_ids"]["DecisionTree"]
    alone = create_app(settings, httpx.HTTPTransport()).test_client()
    body = {"request_information": "setting", "run_id": run_id}
    assert_error(alone.post(ROUTE, json=body), 503, "ml-model")


def test_without_its_database_everything_is_503_and_it_heals(client, small, postgres, mlflow_server):
    postgres.stop()
    try:
        assert_error(client.get(EXPERIMENTS), 503, "database")
        assert_error(client.post(ROUTE, json=small), 503, "database")
        assert client.get("/ready").status_code == 503
    finally:
        postgres.start()
    mlflow_server.wait()
    assert client.get(EXPERIMENTS).status_code == 200
    assert client.post(ROUTE, json=small).status_code == 201
