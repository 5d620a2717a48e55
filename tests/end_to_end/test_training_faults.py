"""Whatever is killed in the middle of a training: its job ends exactly once, and one model comes of it."""

import time

import pytest
from prediction_requests import MODELS, STATUS, TRAIN, predict, teach, training, wait_for_job
from running_stack import BACK_SECONDS, kill

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def stack(watched):
    return watched


@pytest.fixture(scope="module", autouse=True)
def something_to_learn_from(stack):
    teach(stack)


def begun(stack) -> str:
    """Ask for a training and return its id as soon as a worker has it."""
    body = training("gradient_boosting", force_retrain=True)
    job_id = stack.asked("predictor", "POST", TRAIN, json=body)["job_id"]
    deadline = time.monotonic() + BACK_SECONDS
    while (status := stack.asked("predictor", "GET", f"{TRAIN}/{job_id}")["status"]) == "queued":
        assert time.monotonic() < deadline, "no worker takes the job"
        time.sleep(0.02)
    assert status == "training"
    return job_id


def models(stack) -> list[dict]:
    return stack.asked("predictor", "GET", MODELS, params={"limit": 1000})["models"]


@pytest.mark.parametrize("program", ["predictor-worker", "predictor-beat", "predictor", "redis", "postgres"])
def test_a_training_ends_once_whatever_is_killed(stack, program):
    before = models(stack)
    job_id = begun(stack)
    kill(stack.leader(program))
    stack.wait_until_ready()
    job = wait_for_job(stack, job_id)
    assert job["status"] == "completed", job
    after = models(stack)
    assert [model["model_id"] for model in after[: -len(before)]] == [job["model_id"]]
    assert job["model_id"] == before[0]["model_id"] + 1
    jobs = stack.asked("predictor", "GET", STATUS)["jobs"]
    assert (jobs["queued"], jobs["training"]) == (0, 0)
    assert predict(stack)["predicted_execution_time_ms"] > 0


def test_a_cancelled_training_leaves_no_model(stack):
    before = models(stack)
    job_id = begun(stack)
    assert stack.asked("predictor", "POST", f"{TRAIN}/{job_id}/cancel")["status"] == "cancelled"
    # The next training of the same kind is a new one, and takes the number after the last.
    body = training("gradient_boosting", force_retrain=True)
    answer = stack.asked("predictor", "POST", TRAIN, json=body)
    assert answer["job_id"] != job_id
    assert wait_for_job(stack, answer["job_id"])["model_id"] == before[0]["model_id"] + 1
    assert stack.asked("predictor", "GET", f"{TRAIN}/{job_id}")["status"] == "cancelled"
