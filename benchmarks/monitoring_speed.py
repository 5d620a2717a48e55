"""How long a report, the tests and a summary take, over HTTP on wine and in one process on larger sets.

`python benchmarks/monitoring_speed.py` starts a PostgreSQL and the service with two workers, loads wine as
the simulator does, and prints Markdown tables. Machine and versions stand above the figures.
"""

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import httpx
import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from datasetdb.migrate import upgrade
from datasetdb.repository.datasets import Datasets
from datasetdb.repository.predictions import Predictions
from datasetdb.repository.samples import LabelledFrame, Samples
from datasetdb.repository.sources import Sources
from datasetdb.schema import SourceSchema
from monitoring.service.comparison import Comparison, Sampling
from monitoring.service.drift_report import measure_all
from monitoring.service.evidently_dataset import evidently_dataset
from monitoring.service.group_testing import run_groups
from monitoring.service.thresholds import Thresholds
from servicekit.database_url import driver_url
from simulator.service.fouling import Drift, foul
from simulator.service.source_catalogue import SourceData, load_source
from simulator.service.splitting import split
from stack.ports import free_port
from stack.postgres import EmbeddedPostgres

Result = TypeVar("Result")

SEED = 42
READY_WITHIN_SECONDS = 120


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=20, help="requests of each kind")
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000, 20_000, 1_000_000], help="larger sets")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"{machine()}\n")
    source = load_source("wine")
    served(source, given.repeats)
    compared(source, given.repeats)
    grown(source, given.rows)


def machine() -> str:
    """Say what this was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    names = ("evidently", "pandas", "numpy", "scikit-learn", "plotly", "granian")
    parts = (
        f"{platform.system()} {platform.machine()}",
        f"{os.cpu_count()} cores",
        f"{memory:.0f} GiB",
        f"load {os.getloadavg()[0]:.1f} at the start",
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in names),
    )
    return ", ".join(parts)


def served(source: SourceData, repeats: int) -> None:
    """Measure the service over HTTP."""
    sets = wine_sets(source)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        Path(name).chmod(0o755)
        with EmbeddedPostgres(Path(name) / "postgres") as postgres:
            url = postgres.create_database()
            upgrade(url)
            store(url, source.schema, sets)
            with service(url, Path(name)) as (base, seconds):
                print(f"Start to ready: {seconds:.1f} s.\n")
                requests(base, repeats)


def requests(base: str, repeats: int) -> None:
    """Ask for each metric, once cold and then warm."""
    print("| over HTTP, wine, 36 and 36 rows | first | median | fastest | slowest | bytes |")
    print("| --- | --- | --- | --- | --- | --- |")
    with httpx.Client(base_url=base, timeout=120) as client:
        for metric in ("report", "tests", "summary"):
            calls = [timed(lambda m=metric: ask(client, m)) for _ in range(repeats + 1)]  # type: ignore[misc]
            row(f"`{metric}`", calls[0], calls[1:], f" {len(ask(client, metric)):,} |")
        calls = [
            timed(lambda: client.get("/root/monitoring/report.html").raise_for_status()) for _ in range(4)
        ]
        size = len(client.get("/root/monitoring/report.html").content)
        row("`report.html`", calls[0], calls[1:], f" {size:,} |")
    print()


def compared(source: SourceData, repeats: int) -> None:
    """Measure what the figures cost."""
    comparison = compare(source.schema, wine_sets(source))
    ways: dict[str, Callable[[], object]] = {
        "presets, as Evidently offers them": lambda: presets(comparison),
        "the same metrics one by one, with Evidently's figures": lambda: drawn(comparison),
        "this service's report": lambda: measure_all(comparison, Thresholds()),
        "this service's five groups of tests": lambda: run_groups(comparison, None, Thresholds()),
    }
    print("| in one process, wine, 36 and 36 rows | first | median | fastest | slowest | CPU time |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, way in ways.items():
        first = timed(way)
        used, calls = time.process_time(), [timed(way) for _ in range(max(3, repeats // 2))]
        row(name, first, calls, f" {(time.process_time() - used) / len(calls):.2f} s |")
    print()


def grown(source: SourceData, sizes: list[int]) -> None:
    """Measure larger sets, made of wine's rows with noise."""
    print("| in one process, rows in each set | rows looked at | prepare | report | tests | peak memory |")
    print("| --- | --- | --- | --- | --- | --- |")
    for rows in sizes:
        sets = {name: enlarged(labelled, rows) for name, labelled in wine_sets(source).items()}
        preparing, comparison = result_of(lambda sets=sets: compare(source.schema, sets))  # type: ignore[misc]
        report = timed(lambda c=comparison: measure_all(c, Thresholds()))  # type: ignore[misc]
        tests = timed(lambda c=comparison: run_groups(c, None, Thresholds()))  # type: ignore[misc]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        seconds = " | ".join(f"{value:.2f} s" for value in (preparing, report, tests))
        print(f"| {rows:,} | {len(comparison.current.frame):,} | {seconds} | {peak:.1f} GiB |")


def presets(comparison: Comparison) -> object:
    """Run Evidently's presets."""
    from evidently import Report  # noqa: PLC0415 - after the service has switched telemetry off
    from evidently.presets import ClassificationPreset, DataDriftPreset, DataSummaryPreset  # noqa: PLC0415

    parts = [DataDriftPreset(columns=comparison.features), DataSummaryPreset(), ClassificationPreset()]
    return Report(parts).run(*datasets(comparison)).dict()


def drawn(comparison: Comparison) -> object:
    """Run Evidently's own metrics of a report."""
    from evidently import Report, metrics  # noqa: PLC0415

    kinds = [
        metrics.ValueDrift,
        metrics.MissingValueCount,
        metrics.MeanValue,
        metrics.StdValue,
        metrics.MinValue,
        metrics.MedianValue,
        metrics.MaxValue,
    ]
    columns = [kind(column=feature) for kind in kinds for feature in comparison.features]
    labels = [metrics.ValueDrift(column=name) for name in (comparison.target, comparison.prediction)]
    scores = [metrics.Accuracy(), metrics.F1Score(), metrics.F1ByLabel()]
    return Report([*columns, *labels, *scores]).run(*datasets(comparison)).dict()


def datasets(comparison: Comparison) -> tuple[object, object]:
    """Return both sets as Evidently takes them."""
    return (
        evidently_dataset(comparison, comparison.current),
        evidently_dataset(comparison, comparison.reference),
    )


def wine_sets(source: SourceData) -> dict[str, LabelledFrame]:
    """Return testing and fouled production set with the predictions of a logistic regression."""
    model = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression(random_state=SEED))
    model.fit(*split(source, "training", SEED))
    testing = split(source, "testing", SEED)
    fouled = foul(*split(source, "production", SEED), Drift(), SEED)
    return {
        "testing": labelled(model, *testing),
        "production": labelled(model, fouled.features, fouled.target),
    }


def labelled(model: Pipeline, features: pd.DataFrame, target: pd.Series) -> LabelledFrame:
    """Return a set with its predictions."""
    return LabelledFrame(
        features, target, pd.Series(model.predict(features), index=target.index), "benchmark"
    )


def enlarged(small: LabelledFrame, rows: int) -> LabelledFrame:
    """Return a set of `rows` rows drawn from a small one, with noise."""
    rng = np.random.default_rng(SEED)
    drawn_rows = rng.integers(0, len(small.target), rows)
    features = small.features.iloc[drawn_rows].reset_index(drop=True)
    features += rng.normal(0, 0.1, features.shape) * small.features.std().to_numpy()
    target = small.target.iloc[drawn_rows].reset_index(drop=True)
    predictions = pd.Series(small.predictions).iloc[drawn_rows].reset_index(drop=True)
    return LabelledFrame(features, target, predictions, "benchmark")


def compare(schema: SourceSchema, sets: dict[str, LabelledFrame]) -> Comparison:
    """Prepare two sets."""
    return Comparison.of(schema, sets["testing"], sets["production"], Sampling())


def store(url: str, schema: SourceSchema, sets: dict[str, LabelledFrame]) -> None:
    """Write sets and predictions into the dataset database."""
    engine = create_engine(driver_url(url))
    with Session(engine) as session, session.begin():
        Sources(session).add(schema)
        for name, whole in sets.items():
            dataset_id = Datasets(session).replace(schema.name, name, {})
            Samples(session).write(dataset_id, whole.features, whole.target)
            record = Datasets(session).get(schema.name, name)
            assert record is not None
            assert whole.predictions is not None
            Predictions(session).replace(record, whole.predictions, "benchmark")
    engine.dispose()


@contextmanager
def service(url: str, directory: Path) -> Iterator[tuple[str, float]]:
    """Serve monitoring as in production; yield its address and the seconds until it was ready."""
    port = free_port()
    environment = {
        **os.environ,
        "DATASET_DATABASE_URL": url,
        "MONITORING_PORT": str(port),
        "PROMETHEUS_MULTIPROC_DIR": str(directory / "metrics"),
    }
    started = time.perf_counter()
    command = [sys.executable, "-m", "servicekit.serve", "monitoring.bootstrap:create_app"]
    process = subprocess.Popen(command, env=environment, cwd=directory, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{base}/ready")
        yield base, time.perf_counter() - started
    finally:
        process.terminate()
        process.wait(60)


def wait_for(url: str) -> None:
    """Return when the address answers 200."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(url).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"{url} did not answer in {READY_WITHIN_SECONDS} s")


def ask(client: httpx.Client, metric: str) -> bytes:
    """Send one request and return the body."""
    return client.post("/root/monitoring", json={"metric": metric}).raise_for_status().content


def timed(call: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    return result_of(call)[0]


def result_of(call: Callable[[], Result]) -> tuple[float, Result]:
    """Return the seconds that a call takes, and its result."""
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


def row(name: str, first: float, calls: list[float], more: str = "") -> None:
    """Print one row of a table."""
    middle = statistics.median(calls)
    print(f"| {name} | {first:.2f} s | {middle:.2f} s | {min(calls):.2f} s | {max(calls):.2f} s |{more}")


if __name__ == "__main__":
    main()
