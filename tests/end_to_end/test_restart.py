"""`down` and `up` lose nothing that a caller was told."""

import pytest
from guide_requests import EXPERIMENTS, RUNS, metrics, play_through, score, summary

pytestmark = pytest.mark.end_to_end


def told(stack, ids) -> dict:
    """Collect what callers were told and count on."""
    experiment_id, run_id = ids["experiment_id"], ids["run_ids"]["LogisticRegression"]
    return {
        "sets": stack.asked("simulator", "GET", "/root/simulator/datasets"),
        "model": stack.asked("ml-model", "GET", "/root/ml"),
        "experiments": stack.asked("tracking", "GET", EXPERIMENTS),
        "runs": stack.asked("tracking", "GET", RUNS, params={"experiment_id": experiment_id}),
        "metrics": metrics(stack, experiment_id, run_id),
        "judgement": summary(stack),
    }


def test_down_and_up_lose_nothing(stack):
    ids = play_through(stack, "before the restart")
    before = told(stack, ids)
    processes = [worker for service in ("ml-model", "tracking") for worker in stack.workers(service)]
    stack.down()
    assert not [process for process in processes if process.is_running()]
    stack.up()
    assert told(stack, ids) == before
    # The trained model scores without being trained again.
    again = score(stack, "testing")
    trained = before["model"]["trained"]
    assert again["model_version"] == trained["model_version"]
    assert again["accuracy"] == next(
        each["accuracy"] for each in trained["scores"] if each["dataset"] == "testing"
    )
