"""A real stack of one's own, driven by the command that people type."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from servicekit.tls import client_context
from stack.parts import PARTS, POSTGRES_PORT, REDIS_PORT
from stack.ports import is_free

REPOSITORY = Path(__file__).resolve().parents[2]
UP_SECONDS = 600
DOWN_SECONDS = 120
# Bounds for a slow machine whose processors others have: every program imports its libraries anew.
BACK_SECONDS = 300
SOON_SECONDS = 60
SERVICES = ("simulator", "ml-model", "tracking", "monitoring", "predictor")
# Names by which a developer's own shell could redirect the stack, and what only test processes are to have.
OWN_VARIABLES = ("_URL", "_PORT", "_HOST", "_URI", "CELERY_BROKER", "CELERY_BACKEND", "OMP_NUM_THREADS")


def typed_environment() -> dict[str, str]:
    """Return the variables of this process as somebody has them who types the command."""
    return {name: value for name, value in os.environ.items() if not name.endswith(OWN_VARIABLES)}


def free_offset() -> int:
    """Return an offset at which every port of a stack is free now."""
    ports = [part.port for part in PARTS] + [POSTGRES_PORT, REDIS_PORT]
    for _ in range(200):
        offset = random.randrange(15_000, 17_300)  # noqa: S311 - below the ports that clients get
        if all(is_free(port + offset) for port in ports):
            return offset
    raise AssertionError("no offset found at which all ports are free")


@dataclass
class RunningStack:
    """One home and one port offset."""

    home: Path
    offset: int
    urls: dict[str, str] = field(default_factory=dict)
    pinned: dict[str, httpx.Client] = field(default_factory=dict)

    def command(self, *words: str, seconds: float = UP_SECONDS) -> subprocess.CompletedProcess[str]:
        """Run `python -m stack WORDS` for this home and return what it said."""
        where = ["--home", str(self.home), "--port-offset", str(self.offset)]
        return subprocess.run(
            [sys.executable, "-m", "stack", *words, *where],
            check=False,
            capture_output=True,
            text=True,
            timeout=seconds,
            cwd=REPOSITORY,
            env=typed_environment(),
        )

    def up(self) -> None:
        """Start everything and learn the addresses."""
        said = self.command("up")
        assert said.returncode == 0, f"{said.stdout}\n{said.stderr}\n{self.ends_of_logs()}"
        self.urls = json.loads(self.command("urls", "--json").stdout)

    def down(self) -> None:
        """Stop everything."""
        said = self.command("down", seconds=DOWN_SECONDS)
        assert said.returncode == 0, said.stdout + said.stderr

    def call(self, service: str, method: str, path: str, **more: object) -> httpx.Response:
        """Send one request on a connection of its own, so that any worker may get it, or on a pinned one."""
        if service in self.pinned:
            return self.pinned[service].request(method, path, **more)
        client_options = {"base_url": self.urls[service], "timeout": 120, "trust_env": False}
        with httpx.Client(**client_options, verify=client_context()) as client:
            return client.request(method, path, **more)

    def asked(self, service: str, method: str, path: str, **more: object) -> dict:
        """Send one request that must succeed and return its answer."""
        response = self.call(service, method, path, **more)
        assert response.is_success, f"{service} {method} {path}: {response.status_code} {response.text}"
        return response.json()

    def is_ready(self, name: str) -> bool:
        """Whether that part answers that it is ready."""
        path = next(part.ready_path for part in PARTS if part.name == name)
        try:
            return self.call(name, "GET", path).is_success
        except httpx.TransportError:
            return False

    def wait_until_ready(self, names: tuple[str, ...] = SERVICES, seconds: float = BACK_SECONDS) -> float:
        """Return after how many seconds all of these parts were ready."""
        started = time.monotonic()
        while not all(self.is_ready(name) for name in names):
            assert time.monotonic() - started < seconds, f"not ready in {seconds} s\n{self.ends_of_logs()}"
            time.sleep(0.1)
        return time.monotonic() - started

    def leader(self, program: str) -> psutil.Process:
        """Return the first process of a program."""
        return psutil.Process(json.loads((self.home / "run" / f"{program}.pid").read_text())["pid"])

    def is_running(self, program: str) -> bool:
        """Whether a program runs, be it the first process or the one in its place."""
        try:
            return self.leader(program).is_running()
        except psutil.NoSuchProcess:
            return False

    def workers(self, service: str) -> list[psutil.Process]:
        """Return the worker processes of a service, oldest first."""
        return sorted(self.leader(service).children(), key=lambda worker: worker.create_time())

    def ends_of_logs(self) -> str:
        """Return the last lines of every log."""
        logs = sorted((self.home / "logs").glob("*.log"))
        return "\n".join(f"== {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in logs)


def kill(process: psutil.Process) -> None:
    """Send SIGKILL and return when the process is gone."""
    process.send_signal(signal.SIGKILL)
    psutil.wait_procs([process], timeout=10)


def new_home() -> Path:
    """Make an empty directory that PostgreSQL's account can reach (pytest's own ones are closed to it)."""
    home = Path(tempfile.mkdtemp(prefix="mlops-stack-"))
    home.chmod(0o755)
    return home


def take_away(stack: RunningStack) -> None:
    """Stop the stack whatever state it is in, and delete its home."""
    try:
        stack.down()
    finally:
        shutil.rmtree(stack.home, ignore_errors=True)
