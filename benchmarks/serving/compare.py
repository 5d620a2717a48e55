"""Serve the same wine models by this service, by its peers and by bare Flask, and measure all in one run.

`python benchmarks/serving/compare.py` prints Markdown tables; `--output results.json` keeps every round. For
each model all servers run side by side and are loaded one after the other, in another order in each
repetition; each answer is compared with what scikit-learn says.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import environments
import orjson
import psutil
from bentoml_server import BentoMl
from ceiling import ceiling
from echo import Echo
from load import Plan, Round, drive
from mlflow_server import Mlflow
from mlserver import MlServer, MlServerInProcess
from models import WineModel, wine_models
from ours import Ours
from server import WORKERS, Server, end_cleanly
from table import servers_table, verdict_table

KINDS: dict[str, type[Server]] = {
    "ours": Ours,
    "mlflow": Mlflow,
    "mlserver": MlServer,
    "mlserver-in-process": MlServerInProcess,
    "bentoml": BentoMl,
    "echo": Echo,
}
PACKAGES = ("scikit-learn", "numpy", "onnxruntime", "flask", "granian", "orjson", "sqlalchemy")
WARM_UP_SECONDS, WARM_UP_CLIENTS = 0.5, 8


@dataclass(frozen=True)
class Load:
    """So many clients that ask about single rows or about batches."""

    clients: int
    batches: bool = False

    def __str__(self) -> str:
        who = f"{self.clients} client{'s' if self.clients > 1 else ''}"
        return f"batches of 1,000 rows, {who}" if self.batches else f"single rows, {who}"


LOADS = (Load(1), Load(8), Load(64), Load(4, batches=True))


class Comparison:
    """The measured rounds of a run, and the process that sends the load."""

    def __init__(self, given: argparse.Namespace, sender: ProcessPoolExecutor) -> None:
        self._given = given
        self._sender = sender
        self.records: list[dict[str, Any]] = []

    def drive(self, plan: Plan) -> Round:
        """Have the other process send the requests."""
        return self._sender.submit(drive, plan).result()

    def measure(self, model: WineModel, servers: list[Server]) -> None:
        """Load every server with every load, again and again."""
        plans = {(server.name, load): self._plan(server, load) for server in servers for load in LOADS}
        for server in servers:
            first = self._plan(server, Load(WARM_UP_CLIENTS))
            warm = self.drive(replace(first, seconds=WARM_UP_SECONDS))
            if not len(warm.milliseconds):
                raise SystemExit(f"{server.name} does not answer: {warm.first_failure}\n{server.log_end()}")
            server.settle()
        for repetition in range(self._given.repetitions):
            turn = repetition % len(servers)
            for load in LOADS:
                for server in servers[turn:] + servers[:turn]:
                    self._round(server, load, plans[server.name, load], repetition)
        for load in LOADS:
            print(servers_table(self.records, model.name, str(load)), end="\n\n", flush=True)

    def _plan(self, server: Server, load: Load) -> Plan:
        return server.plan(load.clients, self._given.seconds, batches=load.batches)

    def _round(self, server: Server, load: Load, plan: Plan, repetition: int) -> None:
        burnt = server.cpu_seconds()
        found = self.drive(plan)
        memory = server.memory()
        settled = server.settle()
        for fault in (*found.wrong[:3], *filter(None, [found.first_failure])):
            print(f"{server.name}, {server.model.name}, {load}: {fault}", file=sys.stderr)
        self.records.append(
            {
                "server": server.name,
                "model": server.model.name,
                "load": str(load),
                "repetition": repetition,
                "per_second": found.per_second,
                "p50_ms": found.quantile(0.5),
                "p99_ms": found.quantile(0.99),
                "slowest_ms": found.quantile(1.0),
                "answers": len(found.milliseconds),
                "wrong": len(found.wrong),
                "failures": found.failures,
                "reconnects": found.reconnects,
                "generator_cpu_share": found.cpu_share,
                "server_cpu_seconds": server.cpu_seconds() - burnt,
                "settle_seconds": settled,
                "load_average": os.getloadavg()[0],
                **memory,
            }
        )


def main() -> None:
    """Measure and print everything."""
    end_cleanly()
    given = arguments()
    with ExitStack() as stack:
        sender = stack.enter_context(ProcessPoolExecutor(1, mp_context=get_context("spawn")))
        comparison = Comparison(given, sender)
        homes = {name: _environment(given, stack, name) for name in given.servers}
        facts = {"machine": machine(), "settings": _settings(given), "versions": versions(homes)}
        print(f"{facts['machine']}\n\n{json.dumps(facts['versions'])}\n")
        facts["ceiling"] = _ceiling(comparison)
        facts["models"] = {}
        for model in (found for found in wine_models(given.forest_jobs) if found.name in given.models):
            with running(model, homes) as servers:
                facts["models"][model.name] = _started(servers)
                comparison.measure(model, servers)
    print(verdict_table(comparison.records))
    busiest = max(found["generator_cpu_share"] for found in comparison.records)
    load_average = f"{os.getloadavg()[0]:.1f}"
    print(f"\nThe load generator used at most {busiest:.0%} of a core. Load at the end: {load_average}.")
    if given.output:
        given.output.write_text(json.dumps(facts | {"rounds": comparison.records}, indent=1) + "\n")
    if any(found["wrong"] for found in comparison.records):
        raise SystemExit("some answers are not scikit-learn's")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each round")
    parser.add_argument("--repetitions", type=int, default=3, help="rounds of each load")
    parser.add_argument("--servers", nargs="+", choices=tuple(KINDS), default=list(KINDS))
    names = ("logistic_regression", "svc", "random_forest")
    parser.add_argument("--models", nargs="+", choices=names, default=list(names))
    parser.add_argument("--forest-jobs", type=int, default=1, help="n_jobs of the forest in the peers")
    parser.add_argument("--environments", type=Path, help="where the peers' environments are kept")
    parser.add_argument("--output", type=Path, help="JSON file for all figures")
    return parser.parse_args()


@contextmanager
def running(model: WineModel, homes: dict[str, Path]) -> Iterator[list[Server]]:
    """Start every server for one model, and end all of them."""
    with tempfile.TemporaryDirectory(prefix="serving-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        with ExitStack() as stack:
            servers = []
            for kind, home in homes.items():
                directory = Path(name) / kind
                directory.mkdir(mode=0o755)
                server = KINDS[kind](model, directory, home)
                stack.callback(server.stop)
                server.start()
                servers.append(server)
            yield servers


def machine() -> str:
    """Return what the figures are taken on."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}. Load at the start: {os.getloadavg()[0]:.1f}."
    )


def versions(homes: dict[str, Path]) -> dict[str, str]:
    """Return the versions of the peers and of what the service is made of."""
    found = {package: version(package) for package in PACKAGES}
    for kind, home in homes.items():
        package = KINDS[kind].package
        if KINDS[kind].environment_name is not None:
            found[package] = environments.version_in(home, package)
            found[f"scikit-learn ({package})"] = environments.version_in(home, "scikit-learn")
    return found


def _environment(given: argparse.Namespace, stack: ExitStack, kind: str) -> Path:
    name = KINDS[kind].environment_name
    if name is None:
        return Path(sys.prefix)
    if given.environments is None:
        temporary = tempfile.TemporaryDirectory(prefix="peers-", ignore_cleanup_errors=True)
        given.environments = Path(stack.enter_context(temporary))
    return environments.prepared(given.environments.resolve(), name)


def _settings(given: argparse.Namespace) -> dict[str, Any]:
    names = ("seconds", "repetitions", "servers", "models", "forest_jobs")
    return {name: getattr(given, name) for name in names} | {"workers": WORKERS}


def _started(servers: list[Server]) -> dict[str, Any]:
    resting = psutil.cpu_percent(1.0)
    found = {
        server.name: {"start_seconds": server.start_seconds, "rss_mib": server.memory()["rss_mib"]}
        for server in servers
    }
    listed = ", ".join(f"{name} {figures['start_seconds']:.1f}" for name, figures in found.items())
    print(f"{servers[0].model.name}: seconds until ready: {listed}. All at rest use {resting:.0f} % CPU.\n")
    return {"servers": found, "resting_cpu_percent": resting}


def _ceiling(comparison: Comparison) -> dict[str, float]:
    model = wine_models()[0]
    body = orjson.dumps(dict(zip(model.features, model.rows[0].tolist(), strict=True)))
    found = ceiling(comparison.drive, body, (1, 8, 64))
    listed = ", ".join(
        f"{count}: {done.per_second:,.0f}/s (p99 {done.quantile(0.99):.2f} ms)"
        for count, done in found.items()
    )
    print(f"The load generator against a server that only counts bytes, by clients: {listed}.\n")
    return {str(count): done.per_second for count, done in found.items()}


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


if __name__ == "__main__":
    main()
