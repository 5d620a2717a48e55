"""Callers at the same time, over several connections and two apps that share only the database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from pydantic import SecretStr
from sqlalchemy import event

from ml_model.bootstrap import create_app

ROW = {"alcohol": 13.2, "hue": 1.0}
LABELS = ("zero", "one", "two")


@pytest.fixture
def two(settings, fresh_url, tmp_path, served_by):
    """Two apps as on two machines: neither knows of the other's changes before it looks."""
    changes = {"dataset_database_url": SecretStr(fresh_url), "database_pool_size": 30}
    journals = [tmp_path / name for name in ("one", "other")]
    apps = [
        create_app(settings.model_copy(update=changes | {"journal_directory": journal}))
        for journal in journals
    ]
    yield [served_by(app, journal) for app, journal in zip(apps, journals, strict=True)]
    for app in apps:
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()


def test_different_true_labels_at_once_leave_the_first(two, strict_model):
    served, _ = two
    served.version("wine", strict_model)
    request_id = served.predict("wine", ROW).get_json()["request_id"]
    barrier = Barrier(30)

    def give(number):
        client = served.another_client()
        barrier.wait()
        body = {"feedback": LABELS[number % 3]}
        response = client.put(f"/api/v1/mlrequests/{request_id}", json=body)
        return body["feedback"], response.status_code

    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(give, range(30)))
    taken = {label for label, status in answers if status == 200}
    assert len(taken) == 1
    assert {status for label, status in answers if label not in taken} == {409}
    assert served.request(request_id).get_json()["feedback"] in taken


def test_an_endpoint_answers_whatever_begins_and_ends_meanwhile(two, strict_model):
    one, other = two
    arms = [one.version("wine", strict_model, status) for status in ("production", "testing")]
    ended = Event()

    def begin_and_end():
        client = one.another_client()
        body = {"title": "t", "created_by": "tests", "parent_mlalgorithm_1": arms[0]}
        for _ in range(15):
            started = client.post("/api/v1/abtests", json=body | {"parent_mlalgorithm_2": arms[1]})
            assert started.status_code == 201, started.text
            stopped = client.post(f"/api/v1/stop_ab_test/{started.get_json()['id']}", json={})
            assert stopped.status_code == 200, stopped.text

    def predict():
        client = other.another_client()
        answers = []
        while not ended.is_set():
            answers.append(client.post("/api/v1/wine/predict", json=ROW))
        return answers

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(predict) for _ in range(3)]
        try:
            pool.submit(begin_and_end).result()
        finally:
            ended.set()
        answers = [answer for each in asked for answer in each.result()]
    assert {answer.status_code for answer in answers} == {200}, [
        answer.text for answer in answers if answer.status_code != 200
    ][:1]
    assert {answer.get_json()["status"] for answer in answers} == {"production", "ab_testing"}


def test_what_ends_between_two_statements_is_read_again(two, strict_model):
    one, other = two
    arms = [one.version("wine", strict_model, status) for status in ("production", "testing")]
    body = {"title": "t", "created_by": "tests", "parent_mlalgorithm_1": arms[0]}
    started = one.client.post("/api/v1/abtests", json=body | {"parent_mlalgorithm_2": arms[1]}).get_json()
    stopped = []

    def stop_after_the_versions(connection, cursor, statement, *_):
        if "JOIN ml_model.endpoints" in statement and not stopped:
            stopped.append(one.client.post(f"/api/v1/stop_ab_test/{started['id']}", json={}))

    event.listen(other.engine, "after_cursor_execute", stop_after_the_versions)
    response = other.predict("wine", ROW)
    assert [each.status_code for each in stopped] == [200]
    assert (response.status_code, response.get_json().get("status")) == (200, "production")
