"""How long an optimization takes over HTTP, beside the bare GridSearchCV of the same grids.

`python benchmarks/optimization.py` starts a PostgreSQL, an MLflow server and the service with two workers,
loads wine as the simulator does, and prints a Markdown table: bare search and request alternate, so that both
meet the same machine. Allowed are 1.2 times the bare search and 0.5 s for each logged run.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
from sklearn.model_selection import GridSearchCV
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from datasetdb.migrate import upgrade
from datasetdb.repository.datasets import Datasets
from datasetdb.repository.samples import Samples
from datasetdb.repository.sources import Sources
from modelcatalogue.grids import grid
from modelcatalogue.pipelines import build
from servicekit.database_url import driver_url
from simulator.service.source_catalogue import load_source
from simulator.service.splitting import split
from stack.ports import free_port
from stack.postgres import EmbeddedPostgres

SEED = 42
FOLDS = 5
READY_WITHIN_SECONDS = 120
Grids = dict[str, dict[str, list[Any]]]

GUIDE: Grids = {
    "LogisticRegression": {"C": [0.1, 1], "solver": ["liblinear"]},
    "RandomForest": {"n_estimators": [1, 3], "max_depth": [None, 3], "min_samples_split": [2, 5]},
    "SVC": {"C": [0.1, 10], "kernel": ["linear", "rbf"], "gamma": ["scale", "auto"]},
}
FEW_AND_COSTLY: Grids = {"RandomForest": {"n_estimators": [200, 300]}}


@dataclass(frozen=True)
class Case:
    """One optimization to measure."""

    name: str
    grids: Grids
    preprocessing: str


CASES = (
    Case("the guide's three models, `none`", GUIDE, "none"),
    Case("the guide's three models, `standard`", GUIDE, "standard"),
    Case("two forests of 200 and 300 trees", FEW_AND_COSTLY, "standard"),
)


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=10, help="measurements of each case")
    repeats = parser.parse_args().repeats
    warnings.simplefilter("ignore")
    print(f"{machine()}\n")
    features, target = split(load_source("wine"), "training", SEED)
    with ExitStack() as stack:
        client = stack.enter_context(running(stack, features, target))
        print("| optimization | runs | bare search | request | more, each run | allowed | share of allowed |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for case in CASES:
            measure(client, case, (features, target), repeats)


def machine() -> str:
    """Say what this was measured on."""
    names = ("mlflow", "scikit-learn", "skops", "numpy", "sqlalchemy", "granian")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at "
        f"the start, Python {platform.python_version()}; {versions}. Median (fastest to slowest), seconds."
    )


def measure(client: httpx.Client, case: Case, training: tuple[pd.DataFrame, pd.Series], repeats: int) -> None:
    """Let bare search and request alternate, after one of each to warm up, and print a row."""
    pairs = [(bare_seconds(case, *training), request_seconds(client, case)) for _ in range(repeats + 1)][1:]
    bare, requests = zip(*pairs, strict=True)
    runs = len(case.grids)
    allowed = [1.2 * seconds + 0.5 * runs for seconds in bare]
    more = tuple((request - alone) / runs for alone, request in pairs)
    shares = [request / limit for request, limit in zip(requests, allowed, strict=True)]
    print(
        f"| {case.name} | {runs} | {spread(bare)} | {spread(requests)} | {spread(more)} | "
        f"{statistics.median(allowed):.2f} | {statistics.median(shares):.0%}, at most {max(shares):.0%} |",
        flush=True,
    )


def spread(seconds: tuple[float, ...]) -> str:
    """Write median, fastest and slowest."""
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f} to {max(seconds):.2f})"


def bare_seconds(case: Case, features: pd.DataFrame, target: pd.Series) -> float:
    """Time scikit-learn's own searches, one after the other."""
    started = time.perf_counter()
    for model, values in case.grids.items():
        pipeline = build(model, {}, case.preprocessing, SEED)
        GridSearchCV(pipeline, grid(model, values), scoring="accuracy", cv=FOLDS).fit(features, target)
    return time.perf_counter() - started


def request_seconds(client: httpx.Client, case: Case) -> float:
    """Time the request."""
    body = {
        "request_information": "optimization",
        "experiment_name": "benchmark",
        "models": list(case.grids),
        "hyperparameters": case.grids,
        "preprocessing": case.preprocessing,
        "scoring": "accuracy",
        "cv": FOLDS,
    }
    started = time.perf_counter()
    answer = client.post("/root/tracking/model_management", json=body)
    seconds = time.perf_counter() - started
    assert answer.status_code == httpx.codes.CREATED, answer.text
    assert answer.json()["data"]["failed"] == {}, answer.text
    return seconds


@contextmanager
def running(stack: ExitStack, features: pd.DataFrame, target: pd.Series) -> Iterator[httpx.Client]:
    """Give a client of the service, with everything below it."""
    directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
    directory.chmod(0o755)
    postgres = stack.enter_context(EmbeddedPostgres(directory / "postgres"))
    datasets, mlflow = postgres.create_database(), postgres.create_database()
    upgrade(datasets)
    load(datasets, features, target)
    mlflow_port, port = free_port(), free_port()
    mlflow_url = f"http://127.0.0.1:{mlflow_port}"
    storage = {
        "MLFLOW_BACKEND_STORE_URI": mlflow,
        "MLFLOW_ARTIFACTS_DESTINATION": str(directory / "artifacts"),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }
    stack.enter_context(
        process(["stack.mlflow_server", "127.0.0.1", str(mlflow_port)], storage, directory / "mlflow.log")
    )
    wait(f"{mlflow_url}/health")
    settings = {
        "DATASET_DATABASE_URL": datasets,
        "MLFLOW_DATABASE_URL": mlflow,
        "MLFLOW_TRACKING_URI": mlflow_url,
        "TRACKING_PORT": str(port),
    }
    stack.enter_context(
        process(["servicekit.serve", "tracking.bootstrap:create_app"], settings, directory / "tracking.log")
    )
    wait(f"http://127.0.0.1:{port}/health")
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=600, trust_env=False) as client:
        yield client


@contextmanager
def process(arguments: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    """Run a Python module until the block ends."""
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env={**os.environ, **environment},
            stdout=output,
            stderr=output,
        )
        try:
            yield
        finally:
            child.terminate()
            child.wait(30)


def wait(url: str) -> None:
    """Return when an address answers 200."""
    for _ in range(READY_WITHIN_SECONDS * 10):
        try:
            if httpx.get(url, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError(url)


def load(url: str, features: pd.DataFrame, target: pd.Series) -> None:
    """Put the training set into the database."""
    schema = load_source("wine").schema
    with Session(create_engine(driver_url(url))) as session, session.begin():
        Sources(session).add(schema)
        Samples(session).write(Datasets(session).replace(schema.name, "training", {}), features, target)


if __name__ == "__main__":
    main()
