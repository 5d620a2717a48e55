"""Docker Compose for one home: its project, its environment, and what it answers."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from stack.containers.service_settings import write_service_settings
from stack.errors import StackError
from stack.home import REPOSITORY, Home
from stack.mode import COMPOSE_FILE
from stack.parts import PARTS
from stack.settings import settings_from

MOST_CPUS = 2
EVERY_PROFILE = ("--profile", "*")
STATE = "containers.json"


@dataclass(frozen=True)
class Container:
    """One container as `docker compose ps` tells of it."""

    service: str
    name: str
    state: str
    health: str
    exit_code: int
    status: str

    @property
    def ready(self) -> bool:
        """Whether it does its work, or has done it."""
        if self.state == "exited":
            return self.exit_code == 0
        return self.state == "running" and self.health in ("healthy", "")


@dataclass(frozen=True)
class Compose:
    """The containers of one home."""

    home: Home
    offset: int

    @property
    def project(self) -> str:
        """The name under which Docker keeps what belongs to this home."""
        return f"mlops-{self.home.short_hash}"

    @property
    def secrets(self) -> Path:
        """The folder with one file for each secret."""
        return self.home.root / "secrets"

    @property
    def urls(self) -> dict[str, str]:
        """The base address of each part on this machine."""
        return settings_from(self.home, self.offset).urls

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of Compose for this home."""
        file = str(REPOSITORY / COMPOSE_FILE)
        return ["docker", "compose", "--file", file, "--project-name", self.project, *arguments]

    def environment(self) -> dict[str, str]:
        """Return what the compose file asks for."""
        ports = settings_from(self.home, self.offset).ports
        return {
            **os.environ,
            **{f"{part.prefix}_PORT": str(ports[part.name]) for part in PARTS},
            "CPUS": os.environ.get("CPUS") or str(min(MOST_CPUS, os.cpu_count() or 1)),
            "SECRETS_DIRECTORY": str(self.secrets),
            "SETTINGS_FILE": str(write_service_settings(self.home.run)),
        }

    def run(self, *arguments: str) -> int:
        """Run Compose in this terminal and return its exit status."""
        return subprocess.run(  # noqa: S603
            self.command(*arguments), check=False, stdin=subprocess.DEVNULL, env=self.environment()
        ).returncode

    def ask(self, *arguments: str) -> str:
        """Return what Compose answers; raises StackError with its own words when it fails."""
        finished = subprocess.run(  # noqa: S603
            self.command(*arguments), check=False, capture_output=True, text=True, env=self.environment()
        )
        if finished.returncode != 0:
            raise StackError(finished.stderr.strip() or f"docker compose {arguments[0]} failed")
        return finished.stdout

    def pipe(
        self,
        *arguments: str,
        stdin: IO[bytes] | int = subprocess.DEVNULL,
        stdout: IO[bytes] | int = subprocess.DEVNULL,
        tolerated: int = 0,
    ) -> None:
        """Run Compose between two files; raises StackError with its own words when it fails.

        Args:
            arguments: of Compose.
            stdin: file that it reads.
            stdout: file that it writes.
            tolerated: an exit status that is no failure, beside 0.
        """
        finished = subprocess.run(  # noqa: S603
            self.command(*arguments),
            check=False,
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env=self.environment(),
        )
        if finished.returncode not in (0, tolerated):
            raise StackError(finished.stderr.decode(errors="replace").strip() or "docker compose failed")

    def become(self, *arguments: str) -> None:
        """Become Compose, so that Ctrl-C reaches it and its exit status is this command's."""
        command = self.command(*arguments)
        os.execvpe(command[0], command, self.environment())  # noqa: S606

    def containers(self) -> list[Container]:
        """Return every container of this home, ended ones too."""
        lines = self.ask(*EVERY_PROFILE, "ps", "--all", "--format", "json").splitlines()
        return sorted((_container(json.loads(line)) for line in lines if line), key=lambda one: one.name)

    def remember(self) -> None:
        """Keep that this home runs in containers, and on which ports."""
        (self.home.root / STATE).write_text(json.dumps({"offset": self.offset}) + "\n")

    def forget(self) -> None:
        """Nothing is wanted here any more."""
        (self.home.root / STATE).unlink(missing_ok=True)


def remembered_offset(root: Path) -> int | None:
    """Return the offset that the containers of a home run with, or None where none are wanted."""
    try:
        return int(json.loads((root / STATE).read_text())["offset"])
    except (OSError, ValueError, KeyError):
        return None


def _container(row: Mapping[str, Any]) -> Container:
    return Container(
        service=row["Service"],
        name=row["Name"],
        state=row["State"],
        health=row["Health"],
        exit_code=row["ExitCode"],
        status=row["Status"],
    )


def names_of(containers: Sequence[Container]) -> list[str]:
    """List the services that have a container."""
    return sorted({container.service for container in containers})
