"""The service as it runs in production: two worker processes behind one port."""

import os
import re
import signal
import socket
import subprocess
import sys
import time

import httpx
import psutil
import pytest

FOREST = {"model_name": "RandomForest", "hyperparameters": {"n_estimators": 5}}
START_SECONDS = 120


@pytest.fixture
def service(fresh_url, tmp_path):
    """The process and a client of a running service."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DATASET_DATABASE_URL": fresh_url,
        "ML_MODEL_PORT": str(port),
        "ML_MODEL_WORKERS": "2",
        "MLFLOW_TRACKING_URI": "http://127.0.0.1:9",
    }
    command = [sys.executable, "-m", "servicekit.serve", "ml_model.bootstrap:create_app"]
    with (tmp_path / "service.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False)
    try:
        _wait(process, client, tmp_path / "service.log")
        yield process, client
    finally:
        client.close()
        process.terminate()
        process.wait(30)


def _wait(process, client, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if client.get("/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(log.read_text()[-2000:])


def _workers(process):
    return [child.pid for child in psutil.Process(process.pid).children()]


def _patiently(client, method, path, **options):
    """Send a request, again where a killed worker cut the connection."""
    for _ in range(50):
        try:
            return client.request(method, path, **options)
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"{path} is not answered")


def test_every_worker_gives_the_same_answer_also_after_all_were_killed(service):
    process, client = service
    assert client.post("/root/ml/set_model", json=FOREST).status_code == 200
    assert client.post("/root/ml", json={"dataset": "training"}).status_code == 200
    scores = {client.post("/root/ml", json={"dataset": "testing"}).json()["message"] for _ in range(20)}
    assert len(scores) == 1
    seen = client.get("/root/ml").json()
    old = _workers(process)
    assert len(old) == 2
    for pid in old:
        os.kill(pid, signal.SIGKILL)
    after = _patiently(client, "GET", "/root/ml").json()
    assert after == seen
    again = _patiently(client, "POST", "/root/ml", json={"dataset": "testing"}).json()
    assert {again["message"]} == scores
    assert again["data"]["model_version"] == seen["trained"]["model_version"]


def test_the_series_of_all_workers_are_one(service):
    _, client = service
    address = str(client.base_url).rstrip("/")
    client.post("/root/ml/set_model", json=FOREST)
    client.post("/root/ml", json={"dataset": "training"})
    for _ in range(10):  # a connection of its own each time, so that both workers get some
        httpx.post(f"{address}/root/ml", json={"dataset": "testing"}, timeout=30, trust_env=False)
    for _ in range(5):
        series = httpx.get(f"{address}/metrics", trust_env=False).text
        predicted = re.search(r'ml_model_predictions_total\{dataset="testing".*\} (\S+)', series)
        assert float(predicted[1]) == 36 * 10
        shown = re.findall(r'ml_model_score\{dataset="testing",metric="accuracy".*\} (\S+)', series)
        assert len(shown) == 1
