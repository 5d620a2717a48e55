"""Monitoring under its real server: two worker processes, one answer."""

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from datasetdb.migrate import upgrade
from servicekit.database_url import driver_url

READY_WITHIN_SECONDS = 120


@pytest.fixture(scope="module")
def database(postgres):
    url = postgres.create_database()
    upgrade(url)
    return url


@pytest.fixture(scope="module")
def server(database, tmp_path_factory):
    directory = tmp_path_factory.mktemp("served")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DATASET_DATABASE_URL": database,
        "MONITORING_PORT": str(port),
        "PROMETHEUS_MULTIPROC_DIR": str(directory / "metrics"),
    }
    command = [sys.executable, "-m", "servicekit.serve", "monitoring.bootstrap:create_app"]
    process = subprocess.Popen(command, env=environment, cwd=directory, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    wait_for(f"{base}/ready")
    yield base
    process.terminate()
    process.wait(30)


def wait_for(url):
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("not ready in time")


def summary(base, source="flowers"):
    body = {"metric": "summary", "source": source}
    return httpx.post(f"{base}/root/monitoring", json=body, timeout=60).json()["message"]


@pytest.fixture
def sets(database, stored, flowers, labelled):
    engine = create_engine(driver_url(database))
    with Session(engine) as session:
        stored(session, flowers, "testing", labelled())
        stored(session, flowers, "production", labelled(seed=1, shift=3.0))
    engine.dispose()


def test_every_worker_gives_the_same_answer_also_to_many_at_once(server, sets):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: summary(server), range(24)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["failed_tests"] > 0


def test_the_series_are_the_last_run_s_whichever_worker_is_asked(server, sets):
    expected = summary(server)
    for _ in range(20):
        text = httpx.get(f"{server}/metrics").text
        assert f'monitoring_tests{{source="flowers",status="FAIL"}} {expected["by_status"]["FAIL"]}.0' in text
        assert text.count('monitoring_drifted_features{source="flowers"}') == 1
