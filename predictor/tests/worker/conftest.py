"""Service, worker and scheduler as processes of their own, with a PostgreSQL and a Redis to kill."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import predictor.migrate
from predictor.persistence.repository.samples import Samples
from stack.ports import free_port
from stack.postgres import EmbeddedPostgres
from stack.redis import EmbeddedRedis

PATIENCE_SECONDS = 120
MODULES = {
    "service": ("servicekit.serve", "predictor.bootstrap:create_app"),
    "worker": ("predictor.worker",),
    "scheduler": ("predictor.worker.beat",),
}


class Suite:
    """Everything that a training needs, each part to be killed and started again."""

    def __init__(self, directory, history):
        self.directory = directory
        self.port = free_port()
        self.postgres = EmbeddedPostgres(_reachable(directory / "postgres")).start()
        self.redis = EmbeddedRedis(_reachable(directory / "redis")).start()
        self.processes = {}
        self.database_url = self.postgres.create_database()
        predictor.migrate.upgrade(self.database_url)
        self._keep(history(fingerprints=400, windows=6))
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30, trust_env=False)

    def start(self, name):
        """Start a process of ours."""
        environment = {
            **os.environ,
            "DATASET_DATABASE_URL": self.database_url,
            "CELERY_BROKER": self.redis.url(0),
            "CELERY_BACKEND": self.redis.url(1),
            "PREDICTOR_PORT": str(self.port),
            "PREDICTOR_WORKERS": "1",
            "PREDICTOR_WORKER_PROCESSES": "1",
            "PREDICTOR_JOB_LEASE_SECONDS": "3",
            "PREDICTOR_WATCH_INTERVAL_SECONDS": "1",
            "PREDICTOR_STATE_DIRECTORY": str(self.directory / "state"),
        }
        with (self.directory / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *MODULES[name]],
                cwd=self.directory,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name):
        """Kill a process of ours and all that it has started."""
        process = self.processes.pop(name)
        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
        for member in family:
            member.kill()
        process.wait(10)

    def wait(self, condition, what):
        """Give the first true answer of a condition that is asked again and again."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = condition()
            except httpx.TransportError:
                answer = None
            if answer:
                return answer
            time.sleep(0.05)
        logs = "\n".join(f"--- {log.name}\n{log.read_text()[-1500:]}" for log in self.directory.glob("*.log"))
        raise RuntimeError(f"{what} did not happen\n{logs}")

    def ask(self, path="", **body):
        """Send a request until it is answered with success."""
        method = "POST" if body else "GET"
        url = f"/api/train/performance-model{path}"

        def answered():
            response = self.client.request(method, url, json=body or None)
            return response.json() if response.is_success else None

        return self.wait(answered, f"{method} {url}")

    def train(self, **changes):
        """Ask for a training that takes some seconds; give its id."""
        order = {"database_name": "pganalytics", "lookback_days": 30, "model_type": "gradient_boosting"}
        return self.ask(**(order | {"force_retrain": True} | changes))["job_id"]

    def in_the_middle(self, job_id):
        """Wait until the job is being trained and has reached a step."""

        def reached():
            job = self.ask(f"/{job_id}")
            assert job["status"] in ("queued", "training"), job
            return job["status"] == "training" and job["progress"] >= 10

        self.wait(reached, "the middle of the training")

    def ended(self, job_id):
        """Wait until the job has ended; give it."""

        def over():
            job = self.ask(f"/{job_id}")
            return job if job["status"] not in ("queued", "training") else None

        return self.wait(over, "the end of the training")

    def models_of(self, job_id):
        """Count what the job has left."""
        engine = create_engine(self.database_url)
        try:
            with engine.connect() as connection:
                count = "SELECT count(*) FROM predictor.query_performance_models WHERE job_id = %(job_id)s"
                return connection.exec_driver_sql(count, {"job_id": job_id}).scalar()
        finally:
            engine.dispose()

    def _keep(self, samples):
        engine = create_engine(self.database_url)
        with Session(engine) as session:
            Samples(session).add(samples, "import")
            session.commit()
        engine.dispose()

    def stop(self):
        """End everything that this suite has started."""
        self.client.close()
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for name, process in list(self.processes.items()):
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill(name)
        self.redis.stop()
        self.postgres.stop()


def _reachable(directory):
    directory.mkdir(mode=0o755)
    return directory


@pytest.fixture(scope="module")
def suite(history):
    """A running suite; a test that kills a part starts it again."""
    directory = Path(tempfile.mkdtemp(prefix="predictor-"))
    directory.chmod(0o755)
    running = Suite(directory, history)
    try:
        for name in MODULES:
            running.start(name)
        running.wait(lambda: running.client.get("/ready").status_code == 200, "readiness")
        yield running
    finally:
        running.stop()
        shutil.rmtree(directory, ignore_errors=True)
