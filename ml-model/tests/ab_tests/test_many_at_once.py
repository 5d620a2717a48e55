"""Tests that begin and end at the same moment, over several connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from ml_model.bootstrap import create_app


@pytest.fixture
def crowded(settings, fresh_url, tmp_path):
    """An app on a database of its own with room for many connections."""
    update = {"dataset_database_url": SecretStr(fresh_url), "database_pool_size": 30}
    app = create_app(settings.model_copy(update=update | {"journal_directory": tmp_path / "journal"}))
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def fresh_rows(fresh_url, rows_of):
    engine = create_engine(fresh_url)
    with Session(engine) as session:
        yield rows_of(session)
    engine.dispose()


def at_once(app, requests):
    barrier = Barrier(len(requests))

    def send(request):
        path, body = request
        client = app.test_client()
        barrier.wait()
        answer = client.post(path, json=body)
        return answer.status_code, answer.get_json()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests))


def body(*versions):
    return {"title": "t", "created_by": "ana", "arms": [{"mlalgorithm": each} for each in versions]}


def test_of_fifty_tests_at_once_one_begins(crowded, fresh_rows):
    wine = fresh_rows.endpoint()
    versions = [fresh_rows.version(wine) for _ in range(4)]
    pairs = [versions[:2], versions[2:], versions[1:3], versions]
    answers = at_once(crowded, [("/api/v1/abtests", body(*pairs[place % 4])) for place in range(50)])
    assert sorted(status for status, _ in answers) == [201] + [409] * 49
    begun = next(answer for status, answer in answers if status == 201)
    statuses = fresh_rows.statuses(wine)
    arms = {arm["mlalgorithm"] for arm in begun["arms"]}
    assert {each for each, status in statuses.items() if status == "ab_testing"} == arms


def test_of_fifty_stops_at_once_one_decides_and_all_answer_alike(crowded, fresh_rows):
    wine = fresh_rows.endpoint()
    two = fresh_rows.version(wine, "production"), fresh_rows.version(wine, "staging")
    ((_, test),) = at_once(crowded, [("/api/v1/abtests", body(*two))])
    fresh_rows.answered(wine, two[0], test["id"], 800, 200)
    fresh_rows.answered(wine, two[1], test["id"], 900, 100)
    path = f"/api/v1/stop_ab_test/{test['id']}"
    answers = at_once(crowded, [(path, {"created_by": f"p{place}"}) for place in range(50)])
    assert {status for status, _ in answers} == {200}
    assert len({answer["ended_by"] for _, answer in answers}) == 1
    assert fresh_rows.statuses(wine) == {two[0]: "testing", two[1]: "production"}
    assert len(fresh_rows.history(wine)) == 6


def test_beginnings_and_ends_mixed_leave_one_state(crowded, fresh_rows):
    wine = fresh_rows.endpoint()
    two = fresh_rows.version(wine, "production"), fresh_rows.version(wine, "staging")
    ((_, first),) = at_once(crowded, [("/api/v1/abtests", body(*two))])
    begin, end = ("/api/v1/abtests", body(*two)), (f"/api/v1/stop_ab_test/{first['id']}", {})
    answers = at_once(crowded, [begin, end] * 25)
    assert {status for status, _ in answers} <= {200, 201, 409}
    running = crowded.test_client().get("/api/v1/abtests?status=running").get_json()["results"]
    found = set(fresh_rows.statuses(wine).values())
    assert found == ({"ab_testing"} if running else {"production", "staging"})
    assert all(test["statuses_before"] == first["statuses_before"] for test in running)
