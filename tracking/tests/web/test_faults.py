"""What is answered while something that tracking needs is away, and that it heals."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

import httpx
import pytest

from servicekit.testing import assert_error
from stack.ports import free_port
from tracking.bootstrap import create_app

ROUTE = "/root/tracking/model_management"
EXPERIMENTS = "/root/tracking/experiments"


def wait_until(holds, seconds=60):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@dataclass
class Served:
    """The service under its WSGI server, in processes of its own."""

    url: str
    process: subprocess.Popen

    def answers(self):
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/health", trust_env=False).status_code == 200
        return False

    def kill(self):
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def served(settings, tmp_path):
    port = free_port()
    environment = {
        **os.environ,
        "DATASET_DATABASE_URL": settings.dataset_database_url.get_secret_value(),
        "MLFLOW_DATABASE_URL": settings.mlflow_database_url.get_secret_value(),
        "MLFLOW_TRACKING_URI": settings.mlflow_tracking_uri,
        "TRACKING_PORT": str(port),
    }
    command = [sys.executable, "-m", "servicekit.serve", "tracking.bootstrap:create_app"]
    with (tmp_path / "tracking.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    server = Served(f"http://127.0.0.1:{port}", process)
    wait_until(server.answers)
    yield server
    server.kill()


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


def test_a_run_whose_process_was_killed_never_looks_complete(
    client, small, served, mlflow_client, experiment_name
):
    grids = {**small["hyperparameters"], "RandomForest": {"n_estimators": list(range(1_000, 1_050))}}
    body = {**small, "models": list(grids), "hyperparameters": grids}

    def send():
        with pytest.raises(httpx.TransportError):
            httpx.post(f"{served.url}{ROUTE}", json=body, timeout=120, trust_env=False)

    def runs():
        found = mlflow_client.get_experiment_by_name(experiment_name)
        return mlflow_client.search_runs([found.experiment_id]) if found else []

    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(send)
        wait_until(lambda: len(runs()) == 2)
        served.kill()
        sent.result()
    states = {run.data.tags["model_type"]: run.info.status for run in runs()}
    assert states == {"DecisionTree": "FINISHED", "RandomForest": "RUNNING"}
    best = {"experiment_id": runs()[0].info.experiment_id, "request_information": "best_model"}
    answer = client.post(EXPERIMENTS, json={**best, "filter": ["system_execution_time"]})
    assert answer.get_json()["data"]["model"] == "DecisionTree"
    assert client.post(ROUTE, json=small).status_code == 201
    assert sorted(run.info.status for run in runs()) == ["FAILED", "FINISHED", "FINISHED"]


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
