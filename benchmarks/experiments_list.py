"""How long `GET /root/tracking/experiments` takes over many experiments with many runs.

`python benchmarks/experiments_list.py` starts a PostgreSQL, makes MLflow's tables as MLflow does, fills them
in bulk (each run with tags, parameters and metrics, as an optimization leaves them), starts the service with
two workers and prints a Markdown table.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import httpx
from sqlalchemy import create_engine, text

from servicekit.database_url import driver_url
from stack.mlflow_server import prepare_schema
from stack.ports import free_port
from stack.postgres import EmbeddedPostgres

EXPERIMENTS = "/root/tracking/experiments"
RUNS = "/root/tracking/runs"
READY_WITHIN_SECONDS = 120

FILL = (
    """
    INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time,
                             last_update_time)
    SELECT e, 'experiment ' || e, 'mlflow-artifacts:/' || e, 'active', 1000 * e, 1000 * e
    FROM generate_series(1, :experiments) e
    """,
    """
    INSERT INTO runs (run_uuid, name, source_type, user_id, status, start_time, end_time, lifecycle_stage,
                      artifact_uri, experiment_id)
    SELECT md5(e || ':' || r), 'SVC Grid_Search_Opt and CV_Performance', 'UNKNOWN', '', 'FINISHED',
           1000 * r, 1000 * r + 500, 'active', 'mlflow-artifacts:/' || e || '/' || r, e
    FROM generate_series(1, :experiments) e, generate_series(1, :runs) r
    """,
    """
    INSERT INTO tags (key, value, run_uuid)
    SELECT k, k, run_uuid FROM runs, unnest(ARRAY['model_type', 'experiment_type', 'preprocessing', 'source',
        'hyperparameters', 'mlflow.runName', 'mlflow.user']) k
    """,
    """
    INSERT INTO params (key, value, run_uuid)
    SELECT 'model_' || k, k::text, run_uuid FROM runs, generate_series(1, 12) k
    """,
    """
    INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)
    SELECT k, random(), 1, 0, false, run_uuid FROM runs, unnest(ARRAY['model_accuracy', 'model_f1_score',
        'model_precision', 'model_recall', 'system_cpu_usage', 'system_execution_time']) k
    """,
    "ANALYZE",
)


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, default=100)
    parser.add_argument("--runs", type=int, default=50, help="of each experiment")
    parser.add_argument("--requests", type=int, default=300, help="of each kind")
    given = parser.parse_args()
    print(f"{machine()}\n")
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        Path(name).chmod(0o755)
        with EmbeddedPostgres(Path(name) / "postgres") as postgres:
            url = postgres.create_database()
            prepare_schema(url)
            fill(url, given.experiments, given.runs)
            with service(url, Path(name)) as client:
                print(
                    f"{given.experiments} experiments of {given.runs} runs, {given.requests} requests each\n"
                )
                print("| request | p50 | p95 | slowest | bytes |")
                print("| --- | --- | --- | --- | --- |")
                measure(client, given.requests, given.experiments)


def machine() -> str:
    """Say what this was measured on."""
    names = ("mlflow", "sqlalchemy", "psycopg2-binary", "flask", "granian")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at "
        f"the start, Python {platform.python_version()}; PostgreSQL 18; {versions}"
    )


def fill(url: str, experiments: int, runs: int) -> None:
    """Write experiments and runs straight into MLflow's tables."""
    engine = create_engine(driver_url(url))
    with engine.begin() as connection:
        for statement in FILL:
            sizes = {"experiments": experiments, "runs": runs}
            wanted = {name: size for name, size in sizes.items() if f":{name}" in statement}
            connection.execute(text(statement), wanted)
    engine.dispose()


def measure(client: httpx.Client, requests: int, experiments: int) -> None:
    """Ask for the list, and for what else is read of one experiment, and print a row for each."""
    one = str(experiments)
    rows = {
        f"`GET {EXPERIMENTS}`": ("GET", EXPERIMENTS, None),
        f"`GET {RUNS}?experiment_id=`": ("GET", f"{RUNS}?experiment_id={one}", None),
        "`statistics`, all metrics": ("POST", EXPERIMENTS, {"request_information": "statistics"}),
        "`best_model`": (
            "POST",
            EXPERIMENTS,
            {"request_information": "best_model", "filter": ["model_accuracy"]},
        ),
    }
    for name, (method, path, body) in rows.items():
        content = None if body is None else {"experiment_id": one, **body}
        seconds, answer = [], None
        for _ in range(requests):
            started = time.perf_counter()
            answer = client.request(method, path, json=content)
            seconds.append(time.perf_counter() - started)
            assert answer.status_code == httpx.codes.OK, answer.text
        assert answer is not None
        centiles = statistics.quantiles(seconds, n=100)
        print(
            f"| {name} | {milliseconds(centiles[49])} | {milliseconds(centiles[94])} | "
            f"{milliseconds(max(seconds))} | {len(answer.content):,} |"
        )


def milliseconds(seconds: float) -> str:
    """Write a time."""
    return f"{seconds * 1000:.1f} ms"


@contextmanager
def service(url: str, directory: Path) -> Iterator[httpx.Client]:
    """Give a client of the service on a database."""
    port = free_port()
    environment = {
        **os.environ,
        "DATASET_DATABASE_URL": url,
        "MLFLOW_DATABASE_URL": url,
        "TRACKING_PORT": str(port),
    }
    with (directory / "tracking.log").open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "servicekit.serve", "tracking.bootstrap:create_app"],
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client:
                wait(client)
                yield client
        finally:
            child.terminate()
            child.wait(30)


def wait(client: httpx.Client) -> None:
    """Return when the service answers."""
    for _ in range(READY_WITHIN_SECONDS * 10):
        try:
            if client.get("/health").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the service does not answer")


if __name__ == "__main__":
    main()
