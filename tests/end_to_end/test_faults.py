"""Kill any one process in the middle of a step of the guide.

The step succeeds or fails with a clear error, the process comes back, the guide goes on, and nothing that was
answered with success is gone.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import psutil
import pytest
from guide_requests import (
    EXPERIMENTS,
    MANAGEMENT,
    RUNS,
    load,
    metrics,
    optimization,
    play_through,
    score,
    summary,
)
from prediction_requests import PREDICT, TRAIN, predict, teach, training, validate, wait_for_job
from running_stack import BACK_SECONDS, SERVICES, RunningStack, kill

pytestmark = pytest.mark.end_to_end

ALL = (*SERVICES, "mlflow", "postgres", "redis")
CLEAR_STATUSES = {409, 429, 502, 503, 504}

LOAD = ("simulator", "POST", "/root/simulator", {"set_name": "production"})
FIT = ("ml-model", "POST", "/root/ml", {"dataset": "training"})
TUNE = ("tracking", "POST", MANAGEMENT, optimization("in the middle of it", ("LogisticRegression",)))
JUDGE = ("monitoring", "POST", "/root/monitoring", {"metric": "report"})
FORETELL = ("predictor", "POST", PREDICT, {"query_hash": 4001})
LEARN = ("predictor", "POST", TRAIN, training("random_forest", force_retrain=True))

STEPS = {
    "simulator": LOAD,
    "ml-model": FIT,
    "tracking": TUNE,
    "monitoring": JUDGE,
    "predictor": FORETELL,
    "predictor-worker": LEARN,
    "predictor-beat": LEARN,
    "redis": LEARN,
    "mlflow": TUNE,
    "postgres": FIT,
    "supervisord": TUNE,
}
BESIDE = ("predictor-worker", "predictor-beat", "redis")


@dataclass
class Repeating:
    """Send one step again and again, from before the kill until it succeeds after it."""

    stack: RunningStack
    step: tuple
    answers: list[httpx.Response] = field(default_factory=list)
    lost: int = 0
    killed: threading.Event = field(default_factory=threading.Event)

    def send(self) -> httpx.Response | None:
        service, method, path, body = self.step
        try:
            answer = self.stack.call(service, method, path, json=body)
        except httpx.TransportError:  # cut with the process that was to answer
            self.lost += 1
            time.sleep(0.2)
            return None
        self.answers.append(answer)
        return answer

    def run(self) -> None:
        deadline = time.monotonic() + BACK_SECONDS
        while time.monotonic() < deadline:
            after_the_kill = self.killed.is_set()
            answer = self.send()
            if after_the_kill and answer is not None and answer.is_success:
                return
            if answer is not None and not answer.is_success:
                time.sleep(0.2)
        raise AssertionError(f"no success in {BACK_SECONDS} s; last: {self.answers[-1].text}")


@pytest.fixture(scope="module")
def stack(watched):
    return watched


@pytest.fixture(scope="module")
def told(stack) -> dict:
    """Bring the guide to its end once; every test checks that all of it is still there."""
    teach(stack)
    return play_through(stack, "told before anything was killed")


def check_prediction_service_keeps_its_word(stack: RunningStack, told: dict) -> None:
    """Check that an answered prediction can be validated, and that an answered job has ended by itself."""
    if "prediction_id" in told:
        validate(stack, told["prediction_id"], told["predicted_execution_time_ms"])
    if "job_id" in told:
        job = wait_for_job(stack, told["job_id"])
        assert job["status"] == "completed", job


def check_nothing_is_gone(stack: RunningStack, told: dict, succeeded: list[httpx.Response]) -> None:
    """Check what the guide was told before, and what the repeated step was told around the kill."""
    sets = stack.asked("simulator", "GET", "/root/simulator/datasets")["data"]
    assert {each["dataset"]: each["samples"] for each in sets} == {
        "training": 106,
        "testing": 36,
        "production": 36,
    }
    assert stack.asked("ml-model", "GET", "/root/ml")["trained"] is not None
    assert metrics(stack, told["experiment_id"], told["run_ids"]["LogisticRegression"])["accuracy"] > 0.9
    for answer in succeeded:
        check_prediction_service_keeps_its_word(stack, answer.json())
        data = answer.json().get("data", {})
        for run_id in data.get("run_ids", {}).values():
            assert metrics(stack, data["experiment_id"], run_id)["accuracy"] > 0.9


def check_the_guide_goes_on(stack: RunningStack) -> None:
    for dataset in ("training", "testing", "production"):
        score(stack, dataset)
    assert summary(stack)["total_tests"] > 0
    assert predict(stack)["predicted_execution_time_ms"] > 0


def kill_in_the_middle(
    stack: RunningStack, program: str, victims: Callable[[], list[psutil.Process]]
) -> Repeating:
    """Kill one after the other while the step runs; return when it succeeds again and everything is ready."""
    repeating, started = Repeating(stack, STEPS[program]), time.monotonic()
    first = repeating.send()
    assert first is not None
    assert first.is_success, first.text
    thread = threading.Thread(target=repeating.run)
    thread.start()
    time.sleep(0.3)
    processes = victims()
    for process in processes:
        kill(process)
    repeating.killed.set()
    thread.join()
    stack.wait_until_ready((*SERVICES, "mlflow"))
    assert not [process for process in processes if process.is_running()]
    while not stack.is_running(program):
        assert time.monotonic() - started < BACK_SECONDS, f"{program} does not come back"
        time.sleep(0.1)
    return repeating


def wait_until_begun_anew(stack: RunningStack, before: dict[str, psutil.Process]) -> None:
    """Return when none of these processes is left, and all that came in their place is ready."""
    started = time.monotonic()
    while [name for name, process in before.items() if process.is_running() or not stack.is_running(name)]:
        assert time.monotonic() - started < BACK_SECONDS, "not every program was started anew"
        time.sleep(0.1)
    stack.wait_until_ready((*SERVICES, "mlflow"))


def check_errors_are_clear(answers: list[httpx.Response]) -> None:
    for answer in answers:
        if not answer.is_success:
            assert answer.status_code in CLEAR_STATUSES, answer.text
            assert set(answer.json()) == {"error", "message", "request_id", "details"}


@pytest.mark.parametrize("service", SERVICES)
def test_killed_workers_are_replaced(stack, told, service):
    master = stack.leader(service)
    # All of them, because one of them is the one that runs the step.
    repeating = kill_in_the_middle(stack, service, lambda: stack.workers(service))
    assert stack.leader(service) == master
    assert len(stack.workers(service)) == 2
    check_errors_are_clear(repeating.answers)
    check_nothing_is_gone(stack, told, [answer for answer in repeating.answers if answer.is_success])


@pytest.mark.parametrize("program", [*SERVICES, *BESIDE, "mlflow", "postgres", "supervisord"])
def test_a_killed_program_comes_back(stack, told, program):
    # They outlive their supervisor and answer on, until its successor starts each of them anew.
    outliving = {name: stack.leader(name) for name in ALL} if program == "supervisord" else {}
    repeating = kill_in_the_middle(stack, program, lambda: [stack.leader(program)])
    wait_until_begun_anew(stack, outliving)
    check_errors_are_clear(repeating.answers)
    check_nothing_is_gone(stack, told, [answer for answer in repeating.answers if answer.is_success])
    load(stack, "production")
    check_the_guide_goes_on(stack)
    listed = stack.asked("tracking", "GET", EXPERIMENTS)["data"]
    assert told["experiment_id"] in {each["experiment_id"] for each in listed}
    runs = stack.asked("tracking", "GET", RUNS, params={"experiment_id": told["experiment_id"]})["data"]
    assert {run["status"] for run in runs} == {"FINISHED"}
