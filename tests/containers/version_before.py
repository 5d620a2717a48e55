"""Data that images of the version before the last migration wrote, for the stack of today to find."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from container_stack import ContainerStack
from running_stack import REPOSITORY
from serving_requests import REQUESTS, register, rows_for, train

MIGRATIONS = ":(glob)**/migrations/versions/*.py"
OLD = ("simulator", "ml-model")
ENDPOINT = "wine-before"
PLACES = (1, 75, 150)  # of rows that are kept as a group
OVERRIDE = """
services:
  simulator: {image: "mlops-microservices/simulator:before"}
  migration-datasets: {image: "mlops-microservices/simulator:before"}
  ml-model: {image: "mlops-microservices/ml-model:before"}
  migration-ml-model: {image: "mlops-microservices/ml-model:before"}
"""


def commit_before_the_last_migration() -> str | None:
    """Name the commit before the one that changed migrations last; None where there is no history."""
    changed = _git("log", "-1", "--format=%H", "HEAD", "--", MIGRATIONS)
    return _git("rev-parse", "--verify", "--quiet", f"{changed}^") if changed else None


def write_with_images_of(commit: str, stack: ContainerStack) -> dict:
    """Load a set and train a model with the code of a commit, on today's libraries; return what is there."""
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory)
        _take_code(commit, source)
        for service in OLD:
            _build(service, source)
        override = source / "before.yml"
        override.write_text(OVERRIDE)
        compose = ("--file", str(override))
        started = ("up", "--detach", "--no-build", "--wait", "--wait-timeout", "600")
        assert stack.compose.run(*compose, *started, "mlflow", *OLD) == 0
    return _written(stack)


def facts(stack: ContainerStack) -> dict:
    """Return what must be as it was before: sets, the model, its score, and rows that were predicted."""
    listed = stack.asked("ml-model", "GET", REQUESTS, params={"endpoint": ENDPOINT})["requests"]
    (group,) = [record["id"] for record in listed if "-" not in record["id"]]
    rows = [stack.asked("ml-model", "GET", f"{REQUESTS}/{group}-{place}") for place in PLACES]
    kept = [(row["input_data"], row["response"]) for row in rows]
    return _models(stack) | {"rows": kept}


def _models(stack: ContainerStack) -> dict:
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
    train(stack, "LogisticRegression", {"C": 0.1})
    rows = rows_for(register(stack, ENDPOINT, "production"), max(PLACES))
    data = [list(row.values()) for row in rows]
    tensor = {"name": "rows", "shape": [len(data), len(data[0])], "datatype": "FP64", "data": data}
    answer = stack.asked("ml-model", "POST", f"/v2/models/{ENDPOINT}/infer", json={"inputs": [tensor]})
    labels = answer["outputs"][0]["data"]
    return _models(stack) | {"rows": [(rows[place - 1], labels[place - 1]) for place in PLACES]}


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
