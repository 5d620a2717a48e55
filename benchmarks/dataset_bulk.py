"""How long a large set takes into the dataset database and back into a frame.

`python benchmarks/dataset_bulk.py` starts a PostgreSQL with its default settings (or uses `--database-url`,
an empty database), loads and reads sets of 13 float features with targets, primary and foreign keys in force,
with and without missing values, and prints a line for each figure and everything once more as JSON. Each
repeat runs in processes of its own, so that peak memory is that of one load or one reading.
"""

import argparse
import json
import multiprocessing
import os
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from datasetdb.migrate import upgrade
from datasetdb.repository.datasets import DatasetRecord, Datasets
from datasetdb.repository.predictions import Predictions
from datasetdb.repository.samples import Samples
from datasetdb.repository.sources import Sources
from datasetdb.schema import Column, SourceSchema, Target
from stack.postgres import EmbeddedPostgres

SCHEMA = SourceSchema(
    "benchmark",
    tuple(Column(f"feature_{i}") for i in range(13)),
    Target("target", "classification", (0, 1, 2)),
)
LIMITS_SECONDS = {"load": 15.0, "read": 5.0}
SERVER_SETTINGS = ("server_version", "shared_buffers", "max_wal_size", "fsync", "synchronous_commit")
PACKAGES = ("sqlalchemy", "psycopg2-binary", "numpy", "pandas", "pyarrow")
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Case:
    """What is loaded: number of samples, and which share of their values is missing."""

    rows: int
    missing_fraction: float

    def rows_of(self) -> tuple[pd.DataFrame, pd.Series]:
        """Make the rows, the same ones whenever they are asked for."""
        rng = np.random.default_rng(42)
        values = rng.normal(size=(self.rows, len(SCHEMA.columns)))
        values[rng.random(values.shape) < self.missing_fraction] = np.nan
        return pd.DataFrame(values, columns=list(SCHEMA.feature_names)), pd.Series(
            rng.integers(0, 3, self.rows)
        )


Figures = dict[str, float]


def main() -> None:
    """Measure every case and print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument(
        "--missing", type=float, nargs="+", default=[0.0, 0.03], help="shares of missing values"
    )
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--database-url", help="of an empty database; without it a server is started")
    given = parser.parse_args()
    with database(given.database_url) as url:
        described = machine(url)
        print(readable(described), flush=True)
        results = [measured(url, Case(given.rows, share), given.repeats) for share in given.missing]
    print(json.dumps({"machine": described, "results": results}, indent=2))


def measured(url: str, case: Case, repeats: int) -> dict[str, Any]:
    """Repeat one case, print a line for each figure, and return all of them."""
    runs = [repeat(url, case) for _ in range(repeats)]
    summary = {name: spread([run[name] for run in runs]) for name in runs[0]}
    for name, figures in summary.items():
        shown = "  ".join(f"{kind} {value:7.2f}" for kind, value in figures.items())
        limit = LIMITS_SECONDS.get(name)
        verdict = f"  limit {limit} s {'kept' if figures['median'] < limit else 'BROKEN'}" if limit else ""
        print(
            f"{case.rows:,} rows, {case.missing_fraction:.0%} missing  {name:42} {shown}{verdict}", flush=True
        )
    return {**asdict(case), "repeats": repeats, "figures": summary}


def repeat(url: str, case: Case) -> Figures:
    """Measure everything once."""
    load = {"load average of the machine": os.getloadavg()[0]}
    return {**load, **apart(loading, url, case), **apart(reading, url, case), **apart(predicting, url, case)}


def spread(values: list[float]) -> Figures:
    """Summarize repeats."""
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def loading(url: str, case: Case) -> Figures:
    """Load the set, in place of what an interrupted run may have left."""
    features, target = case.rows_of()
    figures: Figures = {"load: memory before, MB": resident_megabytes()}
    with session(url) as opened:
        Sources(opened).add(SCHEMA)
        Datasets(opened).delete(SCHEMA.name, "large")
        opened.commit()
        with timed(figures, "load", opened):
            dataset_id = Datasets(opened).replace(SCHEMA.name, "large", {"seed": 42})
            Samples(opened).write(dataset_id, features, target)
            opened.commit()
    return {**figures, "load: peak memory, MB": peak_megabytes()}


def reading(url: str, case: Case) -> Figures:
    """Read the set in a process that holds nothing else, and compare it with what was written."""
    figures: Figures = {"read: memory before, MB": resident_megabytes()}
    with session(url) as opened:
        record = record_of(opened)
        with timed(figures, "read", opened):
            labelled = Samples(opened).read(record)
    figures["read: peak memory, MB"] = peak_megabytes()
    features, target = case.rows_of()
    pd.testing.assert_frame_equal(labelled.features, features, check_exact=True, check_names=False)
    assert (labelled.target == target).all()
    return figures


def predicting(url: str, case: Case) -> Figures:
    """Store predictions, read the set with them, and delete all of it."""
    predictions = case.rows_of()[1]
    figures: Figures = {}
    with session(url) as opened:
        record = record_of(opened)
        with timed(figures, "store predictions", opened):
            Predictions(opened).replace(record, predictions, "v1")
            opened.commit()
        with timed(figures, "read with predictions", opened):
            labelled = Samples(opened).read(record, predictions=True)
        assert labelled.predictions is not None
        assert (labelled.predictions == predictions).all()
        with timed(figures, "delete with predictions", opened):
            Datasets(opened).delete(SCHEMA.name, "large")
            opened.commit()
    return figures


def record_of(opened: Session) -> DatasetRecord:
    """Find the set that was loaded."""
    record = Datasets(opened).get(SCHEMA.name, "large")
    assert record is not None
    return record


def apart(work: Callable[[str, Case], Figures], url: str, case: Case) -> Figures:
    """Do something in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, url, case).result()


@contextmanager
def timed(figures: Figures, name: str, opened: Session) -> Iterator[None]:
    """Note how long the block takes, and how long the processors worked for it, here and in the server."""
    backend = int(opened.scalar(text("SELECT pg_backend_pid()")) or 0)
    worked, started = processor_seconds(backend), time.perf_counter()
    yield
    figures[name] = time.perf_counter() - started
    figures[f"{name}: processor seconds"] = processor_seconds(backend) - worked


def processor_seconds(backend: int) -> float:
    """Add up this process and the server's, if that one runs on this machine."""
    process = Path(f"/proc/{backend}")
    if not (process / "cmdline").exists() or not (process / "cmdline").read_bytes().startswith(b"postgres:"):
        return time.process_time()
    user, system = (process / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
    return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def session(url: str) -> Iterator[Session]:
    """Open a session of its own."""
    engine = create_engine(url, pool_size=1)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@contextmanager
def database(url: str | None) -> Iterator[str]:
    """Give the address of a database with the tables."""
    if url is not None:
        upgrade(url)
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        Path(name).chmod(0o755)
        with EmbeddedPostgres(Path(name) / "postgres") as postgres:
            url = postgres.create_database()
            upgrade(url)
            yield url


def resident_megabytes() -> float:
    """Measure what this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / MEGABYTE


def peak_megabytes() -> float:
    """Measure the most that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def machine(url: str) -> dict[str, Any]:
    """Say what this is measured on."""
    with session(url) as opened:
        server = {name: opened.scalar(text(f"SHOW {name}")) for name in SERVER_SETTINGS}
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "load at the start": round(os.getloadavg()[0], 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": server,
        "packages": {name: version(name) for name in PACKAGES},
    }


def processor() -> str:
    """Name the processor."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def readable(described: dict[str, Any]) -> str:
    """Write the machine as one line."""
    packages = ", ".join(f"{name} {number}" for name, number in described["packages"].items())
    return (
        f"{described['processor']}, {described['cores']} cores, load {described['load at the start']}; "
        f"Python {described['python']}, PostgreSQL {described['postgresql']['server_version']}, {packages}"
    )


if __name__ == "__main__":
    main()
