"""`down` and `up` lose nothing that a caller was told, with new passwords for some as well."""

import json

import httpx
import psycopg2
import pytest
import redis
from guide_requests import EXPERIMENTS, RUNS, metrics, play_through, score, summary
from prediction_requests import MODELS, STATUS, TRAIN, VALIDATE, predict, teach, training, validate

from stack.credentials import credentials_of
from stack.files import read_json
from stack.home import Home

pytestmark = pytest.mark.end_to_end

COUNTED = ("active_model", "active_model_validation", "total_models", "jobs", "histories", "validations")


def told(stack, ids: dict, job: dict) -> dict:
    """Collect what callers were told and count on."""
    experiment_id, run_id = ids["experiment_id"], ids["run_ids"]["LogisticRegression"]
    status = stack.asked("predictor", "GET", STATUS)
    return {
        "sets": stack.asked("simulator", "GET", "/root/simulator/datasets"),
        "model": stack.asked("ml-model", "GET", "/root/ml"),
        "experiments": stack.asked("tracking", "GET", EXPERIMENTS),
        "runs": stack.asked("tracking", "GET", RUNS, params={"experiment_id": experiment_id}),
        "metrics": metrics(stack, experiment_id, run_id),
        "judgement": summary(stack),
        "status": {name: status[name] for name in COUNTED},
        "models": stack.asked("predictor", "GET", MODELS),
        "latest": stack.asked("predictor", "GET", f"{MODELS}/latest"),
        "job": stack.asked("predictor", "GET", f"{TRAIN}/{job['job_id']}"),
    }


def experiments_of_mlflow(stack) -> str:
    return f"{stack.urls['mlflow']}/api/2.0/mlflow/experiments"


def queue(stack) -> redis.Redis:
    """Connect to a database of Redis that nobody uses."""
    home = Home.at(stack.home)
    port = read_json(home.state_file)["ports"]["redis"]
    return redis.Redis(port=port, password=credentials_of(home).redis, db=9)


def removed(stack, *names: str) -> dict:
    """Remove passwords, as somebody does who rotates them; return them."""
    file = Home.at(stack.home).secrets_file
    kept = json.loads(file.read_text())
    old = {name: kept.pop(name) for name in names}
    file.write_text(json.dumps(kept))
    return old


@pytest.fixture(scope="module")
def restarted(stack):
    """What was told before and after, and what to ask about now."""
    ids, job = play_through(stack, "before the restart"), teach(stack)
    prediction = predict(stack)
    milliseconds = prediction["predicted_execution_time_ms"]
    judged = validate(stack, prediction["prediction_id"], milliseconds)
    url = f"{experiments_of_mlflow(stack)}/create"
    assert httpx.post(url, json={"name": "kept"}, timeout=30).is_success
    assert queue(stack).set("kept", "by Redis")
    before = told(stack, ids, job)
    processes = [worker for service in ("ml-model", "tracking") for worker in stack.workers(service)]
    stack.down()
    assert not [process for process in processes if process.is_running()]
    old = removed(stack, "predictor", "mlflow", "redis")
    stack.up()
    after = told(stack, ids, job)
    return {"before": before, "after": after, "prediction": prediction, "judged": judged, "old": old}


def test_all_of_it_is_told_again(restarted):
    assert restarted["after"] == restarted["before"]


def test_a_password_that_was_removed_is_another_one_and_the_old_one_opens_nothing(stack, restarted):
    home, old = Home.at(stack.home), restarted["old"]
    new = json.loads(home.secrets_file.read_text())
    assert not {name for name in old if new[name] == old[name]}
    ports = read_json(home.state_file)["ports"]
    address = {"host": "127.0.0.1", "port": ports["postgres"], "user": "predictor", "dbname": "datasets"}
    psycopg2.connect(**address, password=new["predictor"]).close()
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(**address, password=old["predictor"])
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=ports["redis"], password=old["redis"]).ping()


def test_the_trained_model_scores_without_being_trained_again(stack, restarted):
    again = score(stack, "testing")
    trained = restarted["before"]["model"]["trained"]
    (tested,) = [each for each in trained["scores"] if each["dataset"] == "testing"]
    assert (again["model_version"], again["accuracy"]) == (trained["model_version"], tested["accuracy"])


def test_a_query_is_predicted_as_before(stack, restarted):
    again = predict(stack)
    assert again | {"prediction_id": None} == restarted["prediction"] | {"prediction_id": None}


def test_a_real_time_that_was_told_is_known(stack, restarted):
    judged = restarted["judged"]
    assert validate(stack, judged["prediction_id"], judged["actual_execution_time_ms"]) == judged
    other = {"prediction_id": judged["prediction_id"], "actual_execution_time_ms": 1e6}
    assert stack.call("predictor", "POST", VALIDATE, json=other).status_code == 409


def test_where_nothing_is_new_to_learn_the_model_is_that_of_before(stack, restarted):
    repeated = stack.asked("predictor", "POST", TRAIN, json=training("linear_regression"))
    job = restarted["before"]["job"]
    assert (repeated["status"], repeated["model_version"]) == ("completed", job["model_version"])


def test_what_mlflow_and_redis_were_given_is_there(stack, restarted):
    found = httpx.get(f"{experiments_of_mlflow(stack)}/search?max_results=1000", timeout=30).json()
    assert "kept" in [experiment["name"] for experiment in found["experiments"]]
    assert queue(stack).get("kept") == b"by Redis"
