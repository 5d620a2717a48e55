"""Requests to served versions, as the tests send them."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
from running_stack import RunningStack

ALGORITHMS = "/api/v1/mlalgorithms"
ENDPOINTS = "/api/v1/endpoints"
REQUESTS = "/api/v1/mlrequests"
STATUSES = "/api/v1/mlalgorithmstatuses"
PAGE = 1000
ERROR_KEYS = {"error", "message", "request_id", "details"}


def train(stack: RunningStack, model: str, hyperparameters: dict) -> dict:
    """Train a model at `/root/ml`; return its scores."""
    deployed = {"model_name": model, "hyperparameters": hyperparameters}
    stack.asked("ml-model", "POST", "/root/ml/set_model", json=deployed)
    return stack.asked("ml-model", "POST", "/root/ml", json={"dataset": "training"})["data"]


def register(stack: RunningStack, endpoint: str, status: str = "testing", **more: object) -> dict:
    """Make the model that was trained last another version of an endpoint."""
    body = {"endpoint_name": endpoint, "algorithm_name": "classifier", "algorithm_status": status}
    body |= {"owner": "tests", "source": {"trained": True}, "force": True, **more}
    return stack.asked("ml-model", "POST", ALGORITHMS, json=body)


def two_versions(stack: RunningStack, endpoint: str) -> tuple[dict, dict]:
    """Put two versions that answer differently behind an endpoint: in production, and in testing."""
    for name in ("training", "testing"):
        stack.asked("simulator", "POST", "/root/simulator", json={"set_name": name})
    train(stack, "LogisticRegression", {"C": 0.01})
    first = register(stack, endpoint, "production")
    train(stack, "LogisticRegression", {"C": 100.0})
    return first, register(stack, endpoint)


def rows_for(algorithm: dict, count: int, seed: int = 42) -> list[dict]:
    """Return rows within the ranges that a version has seen."""
    draw = random.Random(seed)  # noqa: S311 - the same rows each time
    fields = algorithm["signature"]["fields"]
    return [
        {each["name"]: round(draw.uniform(each["minimum"], each["maximum"]), 4) for each in fields}
        for _ in range(count)
    ]


def predict_path(endpoint: str) -> str:
    return f"/api/v1/{endpoint}/predict"


def predict(stack: RunningStack, endpoint: str, row: dict, **query: object) -> dict:
    """Predict one row on a connection of its own."""
    return stack.asked("ml-model", "POST", predict_path(endpoint), json=row, params=query)


def set_status(stack: RunningStack, algorithm: dict, status: str, **more: object) -> dict:
    """Give a version a status."""
    body = {"parent_mlalgorithm": algorithm["id"], "status": status, "created_by": "tests", **more}
    return stack.asked("ml-model", "POST", STATUSES, json=body)


def all_requests(stack: RunningStack, endpoint: str, **wanted: object) -> dict[str, dict]:
    """List every kept prediction of an endpoint by its id."""
    found: dict[str, dict] = {}
    for offset in range(0, 1_000_000, PAGE):
        query = {"endpoint": endpoint, "limit": PAGE, "offset": offset, **wanted}
        page = stack.asked("ml-model", "GET", REQUESTS, params=query)
        found |= {each["id"]: each for each in page["requests"]}
        if len(page["requests"]) < PAGE:
            assert page["total"] == len(found)
            return found
    raise AssertionError("more pages than there can be")


@dataclass
class Said:
    """What callers were told; what got no answer is only counted."""

    predictions: dict[str, tuple[dict, dict]] = field(default_factory=dict)
    feedback: dict[str, object] = field(default_factory=dict)
    refused: list[httpx.Response] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def check_kept(self, stack: RunningStack, endpoint: str) -> None:
        """Check that all of it is there, and that what is there beside it is what got no answer."""
        kept = all_requests(stack, endpoint)
        for request_id, (row, answer) in self.predictions.items():
            found = kept[request_id]
            assert found["input_data"] == row
            assert found["response"] == answer["label"]
            assert found["full_response"] == {"probabilities": answer["probabilities"]}
            assert found["parent_mlalgorithm"] == answer["mlalgorithm"]
        assert len(self.predictions) <= len(kept) <= len(self.predictions) + self.lost.count("predict")
        given = {each: kept[each]["feedback"] for each in kept if kept[each]["feedback_at"] is not None}
        assert self.feedback.items() <= given.items()
        unsure = self.lost.count("feedback") + len(self.refused)
        assert len(given) <= len(self.feedback) + unsure


@dataclass
class Caller:
    """One caller on a connection that stays open, who predicts rows and gives feedback for some."""

    stack: RunningStack
    endpoint: str
    rows: list[dict]
    said: Said
    stopped: threading.Event
    pause_seconds: float = 0.0
    feedback_every: int = 4

    def run(self) -> None:
        url = self.stack.urls["ml-model"]
        number = 0
        with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
            while not self.stopped.is_set():
                row = self.rows[number % len(self.rows)]
                number += 1
                answer = self._predicted(client, row)
                if answer is not None and self.feedback_every and number % self.feedback_every == 0:
                    self._feedback(client, answer)
                time.sleep(self.pause_seconds)

    def _predicted(self, client: httpx.Client, row: dict) -> dict | None:
        answer = self._sent("predict", lambda: client.post(predict_path(self.endpoint), json=row))
        if answer is not None:
            self.said.predictions[answer["request_id"]] = (row, answer)
        return answer

    def _feedback(self, client: httpx.Client, answer: dict) -> None:
        path, body = f"{REQUESTS}/{answer['request_id']}", {"feedback": answer["label"]}
        if self._sent("feedback", lambda: client.put(path, json=body)) is not None:
            self.said.feedback[answer["request_id"]] = answer["label"]

    def _sent(self, what: str, send: Callable[[], httpx.Response]) -> dict | None:
        try:
            response = send()
        except httpx.TransportError:
            self.said.lost.append(what)
            time.sleep(0.05)
            return None
        if response.is_success:
            return response.json()
        self.said.refused.append(response)
        return None


@contextmanager
def calling(
    stack: RunningStack, endpoint: str, rows: list[dict], callers: int, **more: float
) -> Iterator[Said]:
    """Have callers at work meanwhile; at the end each has got its last answer."""
    said, stopped = Said(), threading.Event()
    threads = [
        threading.Thread(target=Caller(stack, endpoint, rows, said, stopped, **more).run)
        for _ in range(callers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield said
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
