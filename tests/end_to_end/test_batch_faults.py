"""Whatever is killed in the middle of a file: its job ends exactly once, and each row is there once."""

import csv
import io
import random
import time

import psutil
import pytest
from running_stack import BACK_SECONDS, kill

pytestmark = pytest.mark.end_to_end

ENDPOINT = "batch-faults"
BATCHES = "/api/v1/batches"
ROWS = 400_000
ATTEMPTS = 5
ENDED = {"completed", "failed", "cancelled"}


@pytest.fixture(scope="module")
def stack(watched):
    return watched


@pytest.fixture(scope="module")
def rows(stack) -> bytes:
    """Put a model behind an endpoint, and make a file for it."""
    for name in ("training", "testing"):
        stack.asked("simulator", "POST", "/root/simulator", json={"set_name": name})
    model = {"model_name": "LogisticRegression", "hyperparameters": {}}
    stack.asked("ml-model", "POST", "/root/ml/set_model", json=model)
    stack.asked("ml-model", "POST", "/root/ml", json={"dataset": "training"})
    wanted = {"endpoint_name": ENDPOINT, "algorithm_name": "lr", "algorithm_status": "production"}
    wanted |= {"owner": "tests", "source": {"trained": True}, "force": True}
    registered = stack.asked("ml-model", "POST", "/api/v1/mlalgorithms", json=wanted)
    names = [field["name"] for field in registered["signature"]["fields"]]
    draw = random.Random(42)  # noqa: S311 - the same rows each time
    lines = [",".join(f"{draw.gauss(5, 2):.3f}" for _ in names) for _ in range(1000)]
    text = ",".join(names) + "\n" + ("\n".join(lines) + "\n") * (ROWS // len(lines))
    return text.encode()


def submitted(stack, content: bytes) -> int:
    query = {"endpoint": ENDPOINT, "async": "true"}
    headers = {"Content-Type": "text/csv"}
    path = "/api/v1/batch-predict"
    answer = stack.call("ml-model", "POST", path, params=query, content=content, headers=headers)
    assert answer.status_code == 202, answer.text
    return answer.json()["batch_id"]


def until(stack, batch_id: int, condition) -> dict:
    deadline = time.monotonic() + BACK_SECONDS
    while time.monotonic() < deadline:
        answer = stack.call("ml-model", "GET", f"{BATCHES}/{batch_id}")
        if answer.is_success and condition(batch := answer.json()):
            return batch
        time.sleep(0.02)
    raise AssertionError(f"batch {batch_id}: {answer.text}\n{stack.ends_of_logs()}")


def in_the_middle(batch: dict) -> bool:
    assert batch["status"] in ("queued", "running"), batch
    return batch["status"] == "running" and batch["rows"] > 0


def numbers(stack, batch_id: int) -> list[int]:
    headers = {"Accept": "text/csv"}
    answer = stack.call("ml-model", "GET", f"{BATCHES}/{batch_id}/result", headers=headers)
    assert answer.is_success, answer.text
    return [int(row["row"]) for row in csv.DictReader(io.StringIO(answer.text))]


@pytest.mark.parametrize("program", ["ml-model-worker", "redis", "postgres"])
def test_a_file_is_predicted_once_whatever_is_killed(stack, rows, program):
    batch_id = submitted(stack, rows)
    until(stack, batch_id, in_the_middle)
    leader = stack.leader(program)
    family = leader.children(recursive=True) if program == "ml-model-worker" else []
    for process in (leader, *family):
        kill(process)
    stack.wait_until_ready()
    batch = until(stack, batch_id, lambda batch: batch["status"] in ENDED)
    assert batch["status"] == "completed", batch
    assert batch["attempts"] >= (2 if program == "ml-model-worker" else 1)
    assert (batch["rows_predicted"], batch["rows_refused"]) == (ROWS, 0)
    assert numbers(stack, batch_id) == list(range(1, ROWS + 1))


def test_a_cancelled_file_gives_no_result(stack, rows):
    batch_id = submitted(stack, rows)
    until(stack, batch_id, in_the_middle)
    leader = psutil.Process(stack.leader("ml-model-worker").pid)
    processes = [leader, *leader.children(recursive=True)]
    for _ in range(ATTEMPTS):
        for process in processes:  # so that it does not end the job first
            process.suspend()
        try:
            answer = stack.call("ml-model", "POST", f"{BATCHES}/{batch_id}/cancel")
        finally:
            for process in processes:
                process.resume()
        if answer.status_code != 503:  # it was suspended while it held the job's row
            break
    assert answer.json()["status"] == "cancelled", answer.text
    assert stack.call("ml-model", "GET", f"{BATCHES}/{batch_id}/result").status_code == 409
