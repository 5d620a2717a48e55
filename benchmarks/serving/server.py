"""What all servers have in common: a process group on a free port, its memory and its end."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson
import psutil
from load import Answer, Plan, request
from models import Rows, WineModel

from stack.ports import free_port

READY_SECONDS = 120.0
STOP_SECONDS = 25.0
SETTLE_SECONDS, REST_SECONDS = 10.0, 0.5
WORKERS = 2
MEBIBYTE = 1024 * 1024


class Server(ABC):
    """One server that serves one model; each kind says how it is started and spoken to.

    Args:
        model: that it serves.
        directory: of its own, empty.
        environment: the virtual environment that it runs in.

    `environment_name` names the requirements of a peer; the others run in this process' environment.
    """

    name = ""
    package = ""
    environment_name: str | None = None
    ready_path = "/"
    single_path = batch_path = "/"

    def __init__(self, model: WineModel, directory: Path, environment: Path) -> None:
        self.model = model
        self.directory = directory
        self.environment = environment
        self.port = free_port()
        self.start_seconds = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:  # noqa: B027 - most have nothing to write
        """Write what the server reads when it starts."""

    @abstractmethod
    def command(self) -> list[str]:
        """Return what is run."""

    def variables(self) -> dict[str, str]:
        """Return the environment variables that it needs beside the usual ones."""
        return {}

    def single(self, row: Rows) -> Any:
        """Return the body of a request about one row."""
        return self.batch(row.reshape(1, -1))

    @abstractmethod
    def batch(self, rows: Rows) -> Any:
        """Return the body of a request about many rows."""

    @staticmethod
    @abstractmethod
    def read(body: bytes) -> Answer:
        """Read an answer."""

    @staticmethod
    @abstractmethod
    def read_batch(body: bytes) -> Answer:
        """Read the answer to many rows."""

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.prepare()
        variables = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"} | self.variables()
        path = f"{self.environment / 'bin'}:{os.environ['PATH']}"
        began = time.perf_counter()
        with (self.directory / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                self.command(),
                cwd=self.directory,
                env=variables | {"PATH": path},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()
        self.start_seconds = time.perf_counter() - began
        self.opened()

    def opened(self) -> None:  # noqa: B027 - most have nothing to do
        """Do what has to be done once it is ready."""

    def stop(self) -> None:
        """End the process group that was started, and whatever its processes started."""
        if self._process is None:
            return
        family = self._family()
        _signal_group(self._process.pid, signal.SIGTERM)
        _, left = psutil.wait_procs(family, timeout=STOP_SECONDS)
        for process in left:
            process.kill()
        self._process.wait(STOP_SECONDS)
        self._process = None

    def memory(self) -> dict[str, float]:
        """Return MiB of the process tree: the sum of what is resident, and with shared pages split."""
        sums = {"rss_mib": 0.0, "pss_mib": 0.0}
        for process in self._family():
            try:
                found = process.memory_full_info()
            except psutil.NoSuchProcess:
                continue
            sums["rss_mib"] += found.rss / MEBIBYTE
            sums["pss_mib"] += found.pss / MEBIBYTE
        return sums

    def forget_peaks(self) -> None:
        """Have the kernel count the peaks of resident memory from now on."""
        for process in self._family():
            Path(f"/proc/{process.pid}/clear_refs").write_text("5")

    def peak_rss_mib(self) -> float:
        """Return the sum of each process' highest resident memory, as the kernel counts it."""
        peaks = (_peak_kib(process.pid) for process in self._family())
        return sum(peaks) / 1024

    def plan(self, clients: int, seconds: float, *, batches: bool) -> Plan:
        """Return a round of single rows, or of batches."""
        if batches:
            requests = [request(self.batch_path, _json(self.batch(rows))) for rows in self.model.batches]
            expected = [self.model.expected(rows) for rows in self.model.batches]
            return Plan(self.port, requests, expected, self.read_batch, clients, seconds)
        requests = [request(self.single_path, _json(self.single(row))) for row in self.model.rows]
        return Plan(self.port, requests, self.model.singles, self.read, clients, seconds)

    def settle(self) -> float:
        """Wait until the processes rest, so that what they finish does not cost the next; in seconds."""
        began = rested = time.perf_counter()
        burnt = self.cpu_seconds()
        while rested + REST_SECONDS > (now := time.perf_counter()) and now < began + SETTLE_SECONDS:
            time.sleep(0.1)
            before, burnt = burnt, self.cpu_seconds()
            if burnt - before > 0.01:
                rested = time.perf_counter()
        return rested - began

    def cpu_seconds(self) -> float:
        """Return what the processes burnt until now."""
        total = 0.0
        for process in self._family():
            try:
                found = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += found.user + found.system
        return total

    def log_end(self) -> str:
        """Return the last lines of what it wrote."""
        return (self.directory / "server.log").read_text(errors="replace")[-2000:]

    def _wait(self) -> None:
        url = f"http://127.0.0.1:{self.port}{self.ready_path}"
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                if httpx.get(url, trust_env=False, timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise SystemExit(f"{self.name} did not become ready:\n{self.log_end()}")

    def _family(self) -> list[psutil.Process]:
        if self._process is None:
            return []
        try:
            parent = psutil.Process(self._process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def end_cleanly() -> None:
    """Have SIGTERM end this process like Ctrl-C, so that what it started is ended too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def probabilities(found: Any) -> Answer:
    """Read a matrix of probabilities whose largest column is the label: wine's classes are 0, 1 and 2."""
    matrix = np.asarray(found, dtype=np.float64)
    return Answer(matrix.argmax(axis=1), matrix)


def _json(body: Any) -> bytes:
    return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def _peak_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0
