"""Which version answers."""

import pytest

from servicekit.testing import assert_error

ROW = {"alcohol": 13.2, "hue": 1.0}


@pytest.fixture
def answers(served):
    """A function that says which version answered, and under which status."""

    def answers(**query):
        response = served.predict("wine", ROW, **query)
        assert response.status_code == 200, response.text
        body = response.get_json()
        return body["mlalgorithm"], body["status"]

    return answers


def test_production_goes_before_staging_before_testing(served, answers, strict_model):
    testing = served.version("wine", strict_model, "testing")
    assert answers() == (testing, "testing")
    staging = served.version("wine", strict_model, "staging")
    assert answers() == (staging, "staging")
    production = served.version("wine", strict_model, "production")
    assert answers() == (production, "production")
    assert answers(status="testing") == (testing, "testing")
    assert answers(status="staging") == (staging, "staging")


def test_a_running_test_goes_before_all(served, answers, strict_model):
    arms = [served.version("wine", strict_model, status) for status in ("production", "testing")]
    staging = served.version("wine", strict_model, "staging")
    body = {"title": "t", "created_by": "tests", "parent_mlalgorithm_1": arms[0]}
    response = served.client.post("/api/v1/abtests", json=body | {"parent_mlalgorithm_2": arms[1]})
    assert response.status_code == 201, response.text
    asked = [answers() for _ in range(40)]
    assert set(asked) == {(arm, "ab_testing") for arm in arms}
    assert answers(status="ab_testing")[0] in arms
    assert answers(status="staging") == (staging, "staging")
    assert len({answers(subject="bottle 7") for _ in range(10)}) == 1
    stopped = served.client.post(f"/api/v1/stop_ab_test/{response.get_json()['id']}", json={})
    assert stopped.status_code in {200, 400}, stopped.text


def test_several_that_match_are_listed(served, answers, strict_model):
    one, other = (served.version("wine", strict_model, "testing", version=number) for number in ("1", "2"))
    for query in ({}, {"status": "testing"}):
        body = assert_error(served.predict("wine", ROW, **query), 400, "choose one with ?version=")
        assert body["error"] == "Several versions"
        assert body["details"] == [{"version": "classifier:2"}, {"version": "classifier:1"}]
    assert answers(version="1") == answers(version="1", status="testing") == (one, "testing")
    assert answers(version="classifier:2") == (other, "testing")


def test_a_version_of_several_names_needs_the_name(served, answers, strict_model):
    for name in ("forest", "linear"):
        served.version("wine", strict_model, "testing", name=name, version="1")
    body = assert_error(served.predict("wine", ROW, version="1"), 400)
    assert {each["version"] for each in body["details"]} == {"forest:1", "linear:1"}
    assert answers(version="forest:1") != answers(version="linear:1")


def test_a_version_without_a_status_answers_only_where_it_is_named(served, answers, strict_model):
    silent = served.version("wine", strict_model, None, version="1")
    body = assert_error(served.predict("wine", ROW), 409, "classifier:1 (no status)")
    assert body["error"] == "Nothing served"
    assert answers(version="1")[0] == silent


def test_what_is_not_there_is_said_with_what_is(served, strict_model):
    assert_error(served.predict("wine", ROW), 404, "POST /api/v1/mlalgorithms registers one")
    served.version("wine", strict_model, "production", version="1")
    assert assert_error(served.predict("beer", ROW), 404, "the endpoints are: wine")["error"] == (
        "Endpoint not found"
    )
    assert assert_error(served.predict("wine", ROW, version="2"), 404, "classifier:1")["error"] == (
        "Version not found"
    )
    assert_error(served.predict("wine", ROW, version="1", status="testing"), 404, "in testing")
    assert_error(served.predict("wine", ROW, status="staging"), 409, "no version in staging")
    assert_error(served.predict("wine", ROW, status="ab_testing"), 409, "no version in ab_testing")
