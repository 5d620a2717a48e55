"""SIGKILL of a real worker in the middle of a file: its job ends exactly once."""

import os
import subprocess
import sys
import time

import psutil
import pytest

pytestmark = pytest.mark.timeout(280)
PATIENCE_SECONDS = 120


class Worker:
    """The worker as a process, to be killed and started again."""

    def __init__(self, environment, log):
        self._environment, self._log = environment, log
        self.process = None

    def start(self):
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "ml_model.worker"]
            self.process = subprocess.Popen(
                command, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def family(self):
        leader = psutil.Process(self.process.pid)
        return [leader, *leader.children(recursive=True)]

    def kill(self, members):
        for member in members:
            member.kill()
        psutil.wait_procs(members, timeout=10)


@pytest.fixture
def broker(redis_server):
    return redis_server.url(9)


@pytest.fixture
def worker(own_url, broker, tmp_path):
    environment = {**os.environ, "DATASET_DATABASE_URL": own_url, "CELERY_BROKER": broker}
    environment |= {"ML_MODEL_BATCH_LEASE_SECONDS": "3", "ML_MODEL_BATCH_WATCH_SECONDS": "1"}
    environment |= {"XDG_STATE_HOME": str(tmp_path / "state"), "LOG_FORMAT": "json"}
    made = Worker(environment, tmp_path / "worker.log")
    made.start()
    yield made
    made.kill(made.family())


def until(service, batch_id, condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        batch = service.get(f"/api/v1/batches/{batch_id}").get_json()
        if condition(batch):
            return batch
        time.sleep(0.01)
    raise AssertionError(batch)


@pytest.mark.parametrize("whole", [True, False], ids=["the whole worker", "the process of the task"])
def test_a_killed_file_ends_once(service, worker, many_csv, whole):
    header, body = many_csv.split(b"\n", 1)
    content = header + b"\n" + body * 120
    headers = {"Content-Type": "text/csv"}
    accepted = service.post("/api/v1/batch-predict?async=true", data=content, headers=headers)
    batch_id = accepted.get_json()["batch_id"]
    until(service, batch_id, lambda batch: batch["status"] == "running" and batch["rows"] > 0)
    family = worker.family()
    worker.kill(family if whole else family[1:])
    # A worker that is left may have noticed already.
    assert service.get(f"/api/v1/batches/{batch_id}").get_json()["status"] in ("running", "queued")
    if whole:
        worker.start()
    batch = until(service, batch_id, lambda batch: batch["status"] not in ("queued", "running"))
    assert (batch["status"], batch["attempts"], batch["rows_predicted"]) == ("completed", 2, 432_000)
    result = service.get(f"/api/v1/batches/{batch_id}/result", headers={"Accept": "text/csv"})
    numbers = [int(line.split(b",", 1)[0]) for line in result.data.splitlines()[1:]]
    assert numbers == list(range(1, 432_001))
