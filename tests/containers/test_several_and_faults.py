"""Several of a kind answer as one, and whatever container is killed, nothing that was answered is lost."""

import json

import pytest
from prediction_requests import TRAIN, history_csv, import_history, trained, training, wait_for_job
from running_stack import BACK_SECONDS, SERVICES
from serving_requests import REQUESTS, Said, calling, predict, predict_path, register, rows_for, two_versions

pytestmark = [pytest.mark.containers, pytest.mark.timeout(600)]

VICTIMS = (
    *SERVICES,
    *("ml-model-worker", "predictor-worker", "predictor-beat"),
    *("mlflow", "postgres", "redis-queue", "redis-cache"),
)
ROWS = 20
# Runs in another container: asks every address behind the inner name, on a connection of its own.
ASK_ALL = """
import json, socket, sys, urllib.request
rows, path = json.loads(sys.argv[1]), sys.argv[2]
said = {}
known = socket.getaddrinfo("ml-model.inner", 5001, type=socket.SOCK_STREAM)
for address in sorted({found[4][0] for found in known}):
    answers = []
    for row in rows:
        request = urllib.request.Request(
            f"http://{address}:5001{path}", json.dumps(row).encode(), {"Content-Type": "application/json"}
        )
        answers.append(json.load(urllib.request.urlopen(request, timeout=30)))
    said[address] = answers
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def rows(containers) -> list[dict]:
    first, _ = two_versions(containers, "wine-several")
    return rows_for(first, ROWS)


def scaled(containers, **numbers: int) -> None:
    options = [
        part for name, number in numbers.items() for part in ("--scale", f"{name.replace('_', '-')}={number}")
    ]
    names = [name.replace("_", "-") for name in numbers]
    command = (
        "--profile",
        "replicas",
        "up",
        "--detach",
        "--no-deps",
        "--no-recreate",
        "--wait",
        *options,
        *names,
    )
    assert containers.compose.run(*command) == 0


def test_replicas_and_more_workers_answer_as_one(containers, rows):
    import_history(containers, history_csv())
    alone = trained(containers, "random_forest")
    expected = [predict(containers, "wine-several", row) for row in rows]

    scaled(containers, ml_model_replica=1, predictor_worker=3)
    try:
        path = predict_path("wine-several")
        said = json.loads(containers.execute("tracking", ASK_ALL, json.dumps(rows), path).stdout)
        assert len(said) == 2, "two addresses behind one name"
        for answers in said.values():
            for answer, wanted in zip(answers, expected, strict=True):
                assert (answer["label"], answer["probabilities"]) == (
                    wanted["label"],
                    wanted["probabilities"],
                )
        for answers in said.values():
            for answer in answers:
                found = containers.asked("ml-model", "GET", f"{REQUESTS}/{answer['request_id']}")
                assert found["response"] == answer["label"], "whichever was asked"
        jobs = [
            containers.asked("predictor", "POST", TRAIN, json=training("random_forest", force_retrain=True))[
                "job_id"
            ]
            for _ in range(4)
        ]
        for job_id in jobs:
            job = wait_for_job(containers, job_id)
            assert job["status"] == "completed", job
            assert (job["r_squared"], job["rmse"], job["mae"]) == (
                alone["r_squared"],
                alone["rmse"],
                alone["mae"],
            )
    finally:
        scaled(containers, ml_model_replica=0, predictor_worker=1)


def kill_and_wait(containers, victim: str, said: Said) -> None:
    """Kill a container and return when everything is healthy and callers get answers."""
    before, answered = containers.restarts(victim), len(said.predictions)
    containers.kill(victim)
    again = lambda: containers.restarts(victim) > before  # noqa: E731 - asked at once
    containers.wait_for(again, BACK_SECONDS, f"{victim} is started again")
    containers.wait_until_all_are_ready()
    containers.wait_for(
        lambda: len(said.predictions) > answered + 20, BACK_SECONDS, f"answers after {victim}"
    )


def test_whatever_is_killed_meanwhile_comes_back_and_nothing_is_lost(containers, rows):
    register(containers, "wine-killed", "production")
    job = containers.asked("predictor", "POST", TRAIN, json=training("random_forest", force_retrain=True))
    with calling(containers, "wine-killed", rows, callers=2, pause_seconds=0.02) as said:
        for victim in VICTIMS:
            kill_and_wait(containers, victim, said)
    for refusal in said.refused:
        assert refusal.status_code == 503, refusal.text
    said.check_kept(containers, "wine-killed")
    assert wait_for_job(containers, job["job_id"])["status"] == "completed"
