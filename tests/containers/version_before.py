"""Data that images of the version before the last migration wrote, for the stack of today to find."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from container_stack import ContainerStack
from running_stack import REPOSITORY

MIGRATIONS = ":(glob)**/migrations/versions/*.py"
OLD = ("simulator", "ml-model")
# That version had no roles of services, and was told addresses by the environment alone.
OVERRIDE = """
x-old: &old
  entrypoint:
    - sh
    - -c
    - >-
      for file in /run/secrets/*; do
      export "$$(basename "$$file" | tr a-z A-Z)=$$(cat "$$file")"; done; exec "$$@"
    - sh
  secrets: !override
    - {source: datasets_database_url, target: dataset_database_url}
services:
  simulator: {<<: *old, image: "mlops-microservices/simulator:before"}
  migration-datasets: {<<: *old, image: "mlops-microservices/simulator:before"}
  ml-model: {<<: *old, image: "mlops-microservices/ml-model:before"}
  migration-ml-model: {<<: *old, image: "mlops-microservices/ml-model:before"}
"""


def commit_before_the_last_migration() -> str | None:
    """Name the commit before the one that changed migrations last; None where there is no history."""
    changed = _git("log", "-1", "--format=%H", "HEAD", "--", MIGRATIONS)
    return _git("rev-parse", "--verify", "--quiet", f"{changed}^") if changed else None


def write_with_images_of(commit: str, stack: ContainerStack) -> dict:
    """Load a set and train a model with the code of a commit, on today's libraries; return what is there."""
    assert stack.command("secrets").returncode == 0
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory)
        _take_code(commit, source)
        for service in OLD:
            _build(service, source)
        override = source / "before.yml"
        override.write_text(OVERRIDE)
        compose = ("--file", str(override))
        assert stack.compose.run(*compose, "build", "--quiet", "mlflow", "predictor") == 0
        started = ("up", "--detach", "--no-build", "--wait", "--wait-timeout", "300")
        assert stack.compose.run(*compose, *started, "mlflow", *OLD) == 0
    return _written(stack)


def facts(stack: ContainerStack) -> dict:
    """Return what must be the same after the upgrade: sets, model, and how the trained model scores."""
    scored = stack.asked("ml-model", "POST", "/root/ml", json={"dataset": "testing"})
    return {
        "sets": stack.asked("simulator", "GET", "/root/simulator/datasets"),
        "deployed": stack.asked("ml-model", "GET", "/root/ml")["name"],
        "scored": scored["data"]["accuracy"],
    }


def _written(stack: ContainerStack) -> dict:
    stack.urls = stack.compose.urls
    for name in ("training", "testing"):
        stack.asked("simulator", "POST", "/root/simulator", json={"set_name": name})
    model = {"model_name": "LogisticRegression", "hyperparameters": {"C": 0.1}}
    stack.asked("ml-model", "POST", "/root/ml/set_model", json=model)
    stack.asked("ml-model", "POST", "/root/ml", json={"dataset": "training"})
    return facts(stack)


def _take_code(commit: str, into: Path) -> None:
    archive = subprocess.Popen(["git", "archive", commit], cwd=REPOSITORY, stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", str(into)], stdin=archive.stdout, check=True)
    assert archive.wait() == 0
    for name in ("docker", "requirements"):
        shutil.copytree(REPOSITORY / name, into / name, dirs_exist_ok=True)
    shutil.copy(REPOSITORY / ".dockerignore", into)


def _build(service: str, source: Path) -> None:
    command = ["docker", "build", "--quiet", "--file", "docker/service.Dockerfile"]
    tag = ("--build-arg", f"SERVICE={service}", "--tag", f"mlops-microservices/{service}:before", ".")
    said = subprocess.run([*command, *tag], check=False, capture_output=True, text=True, cwd=source)
    assert said.returncode == 0, said.stderr


def _git(*words: str) -> str | None:
    said = subprocess.run(["git", *words], check=False, capture_output=True, text=True, cwd=REPOSITORY)
    return said.stdout.strip() or None
