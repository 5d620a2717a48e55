"""Every answer is the same, whichever worker process gives it.

A worker is singled out by letting the others stand still (SIGSTOP): the connection that is answered belongs
to the one that moves, and is kept for the requests.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
from guide_requests import EXPERIMENTS, RUNS, load, optimize, play_through, score
from prediction_requests import MODELS, STATUS, TRAIN, predict, teach
from running_stack import SERVICES, RunningStack

pytestmark = pytest.mark.end_to_end

WORKERS = 2
CONNECTIONS = 40
ANSWER_SECONDS = 0.3


@contextmanager
def only(stack: RunningStack, service: str, number: int) -> Iterator[None]:
    """Let a single worker of a service answer."""
    others = [worker for place, worker in enumerate(stack.workers(service)) if place != number]
    for worker in others:
        worker.suspend()
    try:
        stack.pinned[service] = answered_connection(stack.urls[service])
        yield
    finally:
        stack.pinned.pop(service).close()
        for worker in others:
            worker.resume()


def answered_connection(url: str) -> httpx.Client:
    """Connect until a worker that moves has the connection; the system deals them out to all."""
    for _ in range(CONNECTIONS):
        client = httpx.Client(base_url=url, timeout=ANSWER_SECONDS, trust_env=False)
        try:
            client.get("/health")
        except httpx.TimeoutException:
            client.close()
        else:
            client.timeout = 120
            return client
    raise AssertionError("no connection was answered")


@pytest.fixture(scope="module")
def played(stack):
    teach(stack)
    return play_through(stack, "workers")


def without_times(value):
    """Drop what tells when something was done, which two answers cannot share."""
    if isinstance(value, dict):
        return {key: without_times(each) for key, each in value.items() if not key.endswith("_at")}
    return [without_times(each) for each in value] if isinstance(value, list) else value


def requests(played: dict) -> list[tuple]:
    experiment_id, run_id = played["experiment_id"], played["run_ids"]["LogisticRegression"]
    run = {"experiment_id": experiment_id, "run_id": run_id}
    general = {"experiment_id": experiment_id, "request_information": "general"}
    return [
        ("simulator", "GET", "/root/simulator", {}),
        ("simulator", "GET", "/root/simulator/datasets", {}),
        ("simulator", "POST", "/root/simulator", {"json": {"set_name": "testing"}}),
        ("ml-model", "GET", "/root/ml", {}),
        ("ml-model", "POST", "/root/ml", {"json": {"dataset": "testing"}}),
        ("ml-model", "POST", "/root/ml", {"json": {"dataset": "production"}}),
        ("tracking", "GET", EXPERIMENTS, {}),
        ("tracking", "POST", EXPERIMENTS, {"json": general}),
        ("tracking", "GET", RUNS, {"params": {"experiment_id": experiment_id}}),
        ("tracking", "POST", RUNS, {"json": {**run, "request_information": "metrics", "type": "model"}}),
        ("monitoring", "POST", "/root/monitoring", {"json": {"metric": "summary"}}),
        ("predictor", "GET", STATUS, {}),
        ("predictor", "GET", MODELS, {}),
        ("predictor", "GET", f"{MODELS}/latest", {}),
        ("predictor", "GET", TRAIN, {}),
        ("predictor", "GET", "/api/queries", {}),
        *((service, "GET", "/openapi.json", {}) for service in SERVICES),
        *((service, "GET", "/ready", {}) for service in SERVICES),
    ]


def test_each_service_runs_two_workers(stack):
    assert {service: len(stack.workers(service)) for service in SERVICES} == dict.fromkeys(SERVICES, WORKERS)


def test_each_worker_answers_the_same(stack, played):
    for service, method, path, more in requests(played):
        answers = []
        for number in range(WORKERS):
            with only(stack, service, number):
                response = stack.call(service, method, path, **more)
            answers.append((response.status_code, without_times(response.json())))
        assert answers[0] == answers[1], f"{service} {method} {path}"


def test_many_at_once_get_one_answer(stack, played):
    with ThreadPoolExecutor(8) as pool:
        for service, path in (("ml-model", "/root/ml"), ("simulator", "/root/simulator/datasets")):
            answers = list(pool.map(lambda _: stack.call(service, "GET", path).text, range(80)))  # noqa: B023
            assert len(set(answers)) == 1, f"{service} {path}"


def test_what_one_worker_stores_the_other_uses(stack):
    trainer = {"model_name": "KNeighbors", "hyperparameters": {"n_neighbors": 3}}
    with only(stack, "ml-model", 0):
        stack.asked("ml-model", "POST", "/root/ml/set_model", json=trainer)
    with only(stack, "ml-model", 1):
        assert stack.asked("ml-model", "GET", "/root/ml")["name"] == "KNeighbors"
        trained = score(stack, "training")
    with only(stack, "ml-model", 0):
        tested = score(stack, "testing")
    assert tested["model_version"] == trained["model_version"]
    with only(stack, "simulator", 0):
        stack.asked("simulator", "DELETE", "/root/simulator", params={"set_name": "production"})
    with only(stack, "simulator", 1):
        sets = stack.asked("simulator", "GET", "/root/simulator/datasets")["data"]
    assert ("wine", "production") not in {(each["source"], each["dataset"]) for each in sets}
    load(stack, "production")


def test_a_model_that_one_worker_activates_predicts_in_the_other(stack, played):
    models = stack.asked("predictor", "GET", MODELS)["models"]
    chosen = models[-1]["model_version"] if len(models) > 1 else models[0]["model_version"]
    answers = []
    with only(stack, "predictor", 0):
        stack.asked("predictor", "POST", f"{MODELS}/{chosen}/activate")
    for number in range(WORKERS):
        with only(stack, "predictor", number):
            answer = predict(stack)
            assert answer.pop("model_version") == chosen
            assert answer.pop("prediction_id")
            answers.append(answer)
    assert answers[0] == answers[1]


def test_optimizations_by_each_worker_find_the_same(stack, played):
    found = []
    for number in range(WORKERS):
        with only(stack, "tracking", number):
            ids = optimize(stack, f"by worker {number}", ("LogisticRegression",))
            run = {"experiment_id": ids["experiment_id"], "run_id": ids["run_ids"]["LogisticRegression"]}
            found.append(
                [
                    stack.asked(
                        "tracking", "POST", RUNS, json={**run, "request_information": kind, "type": "model"}
                    )
                    for kind in ("parameters", "metrics")
                ]
            )
    assert found[0] == found[1]


def test_counters_count_for_all_workers(stack):
    def counted() -> float:
        text = stack.call("simulator", "GET", "/metrics").text
        series = r'^http_requests_total\{method="GET",route="/root/simulator",status="200"\} (\S+)$'
        return sum(float(value) for value in re.findall(series, text, re.MULTILINE))

    before = counted()
    for number in range(WORKERS):
        with only(stack, "simulator", number):
            for _ in range(5):
                stack.asked("simulator", "GET", "/root/simulator")
            assert counted() == before + 5 * (number + 1)
