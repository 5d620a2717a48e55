"""SIGKILL in the middle of a training: it ends exactly once, and leaves one model.

What a supervised stack makes of each killed part stands in tests/end_to_end.
"""

import os
import signal

import pytest

pytestmark = pytest.mark.timeout(400)


def completed_once(suite, job_id):
    job = suite.ended(job_id)
    assert job["status"] == "completed", job
    assert suite.models_of(job_id) == 1
    return job


def test_the_process_of_the_task_is_killed(suite):
    import psutil

    job_id = suite.train(model_type="lightgbm")
    suite.in_the_middle(job_id)
    for child in psutil.Process(suite.processes["worker"].pid).children():
        os.kill(child.pid, signal.SIGKILL)
    assert completed_once(suite, job_id)["attempts"] == 2


def test_the_scheduler_is_killed_together_with_the_worker(suite):
    job_id = suite.train()
    suite.in_the_middle(job_id)
    suite.kill("scheduler")
    suite.kill("worker")
    suite.start("worker")
    suite.start("scheduler")
    assert completed_once(suite, job_id)["attempts"] == 2


def test_a_running_job_is_cancelled(suite):
    job_id = suite.train()
    suite.in_the_middle(job_id)
    assert suite.client.post(f"/api/train/performance-model/{job_id}/cancel").json()["status"] == "cancelled"
    again = suite.train()
    assert again != job_id
    completed_once(suite, again)
    assert suite.models_of(job_id) == 0


def test_the_request_id_reaches_the_workers_log(suite):
    job_id = suite.train(model_type="linear_regression")
    job = completed_once(suite, job_id)
    lines = (suite.directory / "worker.log").read_text().splitlines()
    ended = [line for line in lines if "training completed" in line and job_id in line]
    assert len(ended) == 1
    assert job["request_id"] in ended[0]


def test_versions_have_no_gaps_after_all_of_this(suite):
    models = suite.client.get("/api/models").json()
    numbers = sorted(model["model_id"] for model in models["models"])
    assert numbers == list(range(1, len(numbers) + 1))
    assert models["active_model"] == "v1"
