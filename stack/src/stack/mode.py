"""Containers or plain processes."""

import shutil
import subprocess
from pathlib import Path

from stack.errors import StackError

COMPOSE_FILE = "docker-compose.yml"
ANSWER_SECONDS = 10


def choose_mode(requested: str | None, repository: Path) -> str:
    """Return `docker` or `local`; raises StackError when Docker was asked for and cannot be used."""
    if requested == "local":
        return "local"
    obstacle = docker_obstacle(repository)
    if obstacle is None:
        return "docker"
    if requested == "docker":
        raise StackError(f"Docker mode is not possible here: {obstacle}. Use --mode local.")
    return "local"


def docker_obstacle(repository: Path) -> str | None:
    """Return what stands in the way of Docker mode, or None."""
    if not (repository / COMPOSE_FILE).exists():
        return f"this version has no {COMPOSE_FILE}"
    docker = shutil.which("docker")
    if docker is None:
        return "there is no `docker` command"
    if not _succeeds(docker, "compose", "version"):
        return "Docker Compose is missing"
    if not _succeeds(docker, "info"):
        return "no Docker engine answers (is it started, and may this user speak to it?)"
    return None


def _succeeds(*command: str) -> bool:
    try:
        finished = subprocess.run(command, check=False, capture_output=True, timeout=ANSWER_SECONDS)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return finished.returncode == 0
