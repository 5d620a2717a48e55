"""A stack of containers of one's own, driven by the command that people type."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from running_stack import BACK_SECONDS, REPOSITORY, RunningStack, typed_environment

from stack.containers.compose import Compose
from stack.home import Home

UP_SECONDS = 900  # with the images' building


@dataclass
class ContainerStack(RunningStack):
    """One home in Docker mode."""

    compose: Compose = field(init=False)
    written_before: dict | None = None
    found_after: dict | None = None

    def __post_init__(self) -> None:
        self.compose = Compose(Home.at(self.home), self.offset)

    def command(self, *words: str, seconds: float = UP_SECONDS) -> subprocess.CompletedProcess[str]:
        """Run `launch.sh WORDS` in Docker mode for this home and return what it said."""
        where = ["--mode", "docker", "--home", str(self.home), "--port-offset", str(self.offset)]
        return subprocess.run(
            ["./launch.sh", *words, *where],
            check=False,
            capture_output=True,
            text=True,
            timeout=seconds,
            cwd=REPOSITORY,
            env=typed_environment(),
        )

    def build(self) -> None:
        """Make the secrets and, beside each other, all images."""
        assert self.command("secrets").returncode == 0
        assert self.compose.run("--profile", "*", "build", "--quiet") == 0

    def down(self) -> None:
        """End the containers; the volumes stay."""
        said = self.command("down")
        assert said.returncode == 0, said.stdout + said.stderr

    def take_away(self) -> None:
        """End the containers whatever state they are in, and delete their volumes."""
        assert self.compose.run("--profile", "*", "down", "--volumes", "--remove-orphans") == 0

    def inspected(self, service: str) -> list[dict]:
        """Return what Docker knows of each container of a service."""
        names = [one.name for one in self.compose.containers() if one.service == service]
        assert names, service
        said = subprocess.run(["docker", "inspect", *names], check=True, capture_output=True, text=True)
        return json.loads(said.stdout)

    def execute(self, service: str, code: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the container of a service."""
        command = self.compose.command("exec", "-T", service, "python", "-c", code, *words)
        return subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=120, env=self.compose.environment()
        )

    def kill(self, service: str) -> None:
        """End the first process of a service's container as the kernel would when memory runs out."""
        os.kill(self.inspected(service)[0]["State"]["Pid"], signal.SIGKILL)

    def restarts(self, service: str) -> int:
        """Count how often a service's container was started again."""
        return int(self.inspected(service)[0]["RestartCount"])

    def wait_until_all_are_ready(self, seconds: float = BACK_SECONDS) -> None:
        """Return when every container is healthy or has done its work."""
        self.wait_for(lambda: all(one.ready for one in self.compose.containers()), seconds, "all are healthy")

    def wait_for(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Return when a condition holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                rows = [f"{one.service}: {one.status}" for one in self.compose.containers()]
                raise AssertionError("\n".join([f"{what}: not in {seconds} s", *rows, self.ends_of_logs()]))
            time.sleep(0.5)

    def ends_of_logs(self) -> str:
        """Return the last lines of every container."""
        return self.compose.ask("--profile", "*", "logs", "--no-color", "--tail", "15")
