"""Training jobs as callers see them; the queue is away, so that jobs wait."""

import pytest

from predictor.learning.estimators import model_types
from servicekit.testing import assert_error

PATH = "/api/train/performance-model"
GUIDE = {
    "database_name": "pganalytics",
    "lookback_days": 30,
    "model_type": "linear_regression",
    "force_retrain": False,
}


def test_a_training_is_queued_also_while_the_queue_is_away(client):
    response = client.post(PATH, json=GUIDE)
    assert response.status_code == 202
    answer = response.get_json()
    assert answer["status"] == "training"
    job = client.get(f"{PATH}/{answer['job_id']}").get_json()
    assert (job["status"], job["progress"], job["attempts"]) == ("queued", 0, 0)
    assert job["request_id"] == response.headers["X-Request-ID"]


def test_the_same_request_is_the_same_job(client):
    first = client.post(PATH, json=GUIDE).get_json()
    again = client.post(PATH, json=GUIDE | {"force_retrain": True})
    assert again.status_code == 202
    assert again.get_json()["job_id"] == first["job_id"]
    other = client.post(PATH, json=GUIDE | {"model_type": "random_forest"}).get_json()
    assert other["job_id"] != first["job_id"]
    assert len(client.get(PATH).get_json()["jobs"]) == 2


def test_a_queued_job_can_be_cancelled_once_and_asked_for_again(client):
    job_id = client.post(PATH, json=GUIDE).get_json()["job_id"]
    for _ in range(2):
        cancelled = client.post(f"{PATH}/{job_id}/cancel")
        assert (cancelled.status_code, cancelled.get_json()["status"]) == (200, "cancelled")
    assert client.post(PATH, json=GUIDE).get_json()["job_id"] != job_id


@pytest.mark.parametrize("model_type", model_types())
def test_every_model_type_is_accepted(client, model_type):
    assert client.post(PATH, json=GUIDE | {"model_type": model_type}).status_code == 202


def test_an_unknown_model_type_lists_the_known(client):
    error = assert_error(client.post(PATH, json=GUIDE | {"model_type": "oracle"}), 400, "random_forest")
    assert set(error["details"][0]["known"]) == set(model_types())


@pytest.mark.parametrize("days", [0, -1, 10**9, 1.5, "30", None, True])
def test_a_lookback_that_cannot_be_is_refused(client, days):
    assert_error(client.post(PATH, json=GUIDE | {"lookback_days": days}), 400, "lookback_days")


@pytest.mark.parametrize("change", [{"database_name": ""}, {"force_retrain": "no"}, {"seed": 1}])
def test_other_bad_values_are_named(client, change):
    assert_error(client.post(PATH, json=GUIDE | change), 400, next(iter(change)))


def test_an_unknown_job_is_not_found(client):
    assert_error(client.get(f"{PATH}/nothing"), 404, PATH)
    assert_error(client.post(f"{PATH}/nothing/cancel"), 404)
