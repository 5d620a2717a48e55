"""Versions in the shadow over HTTP, on rows as the copying leaves them."""

import pytest

from servicekit.testing import assert_error


@pytest.fixture
def shadow(client):
    def shadow(version, **others):
        body = {"mlalgorithm": version, "created_by": "ana"} | others
        answer = client.post("/api/v1/shadows", json=body)
        assert answer.status_code == 201, answer.get_json()
        return answer.get_json()

    return shadow


def look(client, shadow):
    answer = client.get(f"/api/v1/shadows/{shadow['id']}")
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["comparison"]


def copy(rows, endpoint, version, request_ids, responses, **others):
    """Write the copies of requests; a None among the responses is a failure."""
    return rows.requests(
        endpoint,
        version,
        None,
        [(response, None) for response in responses],
        purpose="shadow",
        shadow_of=lambda place: request_ids[place],
        error=lambda place: "ValueError: no" if responses[place] is None else None,
        **others,
    )


def test_a_version_needs_no_status_to_go_into_the_shadow(client, rows, wine, shadow):
    version = rows.version(wine, None)
    answer = shadow(version, share=25)
    assert (answer["mlalgorithm"], answer["share"], answer["status"]) == (version, 25, "running")
    assert answer["endpoint"] == "wine"
    assert rows.statuses(wine) == {}


def test_the_same_again_finds_the_one_that_runs(client, two, shadow):
    first = shadow(two[1])
    assert shadow(two[1]) == first
    other = client.post("/api/v1/shadows", json={"mlalgorithm": two[1], "share": 5, "created_by": "ana"})
    assert_error(other, 409, f"stop_shadow/{first['id']}")


def test_nothing_yet_is_said(client, two, shadow):
    comparison = look(client, shadow(two[1]))
    assert (comparison["requests"], comparison["agreement"], comparison["shadow_accuracy"]) == (0, None, None)
    assert "no copy of a request yet" in comparison["summary"]


def test_it_is_compared_on_the_same_requests(client, rows, wine, two, shadow):
    begun = shadow(two[1])
    answers = [(1, 1), (1, 1), (0, 1), (0, 0), (1, None), (2, None)]
    ids = rows.requests(wine, two[0], None, answers, purpose="production", latency_ms=3.0)
    copy(rows, wine, two[1], ids, [1, 0, 1, 1, 1, None], latency_ms=1.0)
    rows.requests(wine, two[0], None, [(1, 0)] * 9, purpose="production")
    comparison = look(client, begun)
    assert (comparison["requests"], comparison["failed"], comparison["agreed"]) == (6, 1, 2)
    assert comparison["agreement"] == pytest.approx(2 / 6)
    assert (comparison["feedback"], comparison["answered_accuracy"]) == (4, 0.75)
    assert comparison["shadow_accuracy"] == 0.5
    assert comparison["answered_latency"] == {"p50_ms": 3, "p99_ms": 3}
    assert comparison["shadow_latency"] == {"p50_ms": 1, "p99_ms": 1}
    assert [(each["mlalgorithm"], each["agreed"]) for each in comparison["answered_by"]] == [(two[0], 2)]
    found = {(each["answered"], each["shadow"]): each for each in comparison["disagreements"]}
    assert set(found) == {(1, 0), (0, 1)}
    assert (found[0, 1]["requests"], found[0, 1]["feedback"]) == (2, 2)
    assert (found[0, 1]["answered_correct"], found[0, 1]["shadow_correct"]) == (1, 1)
    assert "failed in 1" in comparison["summary"]


def test_stopping_twice_answers_the_same(client, rows, wine, two, shadow):
    begun = shadow(two[1])
    ids = rows.requests(wine, two[0], None, [(1, 1)], purpose="production")
    copy(rows, wine, two[1], ids, [1])
    path = f"/api/v1/stop_shadow/{begun['id']}"
    first, second = client.post(path).get_json(), client.post(path).get_json()
    assert first == second
    assert first["status"] == "ended"
    assert first["comparison"]["agreement"] == 1


def test_a_second_shadow_of_a_version_counts_its_own_copies(client, rows, wine, two, shadow):
    begun = shadow(two[1])
    ids = rows.requests(wine, two[0], None, [(1, 1)], purpose="production")
    copy(rows, wine, two[1], ids, [1])
    client.post(f"/api/v1/stop_shadow/{begun['id']}")
    again = shadow(two[1])
    assert again["id"] != begun["id"]
    # Within one transaction now() stands still, so the copies are given to the later one.
    assert look(client, again)["requests"] + look(client, begun)["requests"] == 1


def test_shadows_are_listed_by_filters_and_pages(client, rows, two, shadow):
    iris = rows.version(rows.endpoint("iris"))
    first, second = shadow(iris), shadow(two[0])
    client.post(f"/api/v1/stop_shadow/{first['id']}")

    def ids(**query):
        answer = client.get("/api/v1/shadows", query_string=query).get_json()
        return answer["count"], [each["id"] for each in answer["results"]]

    assert ids() == (2, [second["id"], first["id"]])
    assert ids(limit=1, offset=1) == (2, [first["id"]])
    assert ids(status="running") == (1, [second["id"]])
    assert ids(status="ended", endpoint="iris") == (1, [first["id"]])


@pytest.mark.parametrize(
    ("body", "status", "mentions"),
    [
        ({"mlalgorithm": 99999999, "created_by": "ana"}, 404, "99999999"),
        ({"mlalgorithm": 1, "created_by": "ana", "share": 0}, 400, "share"),
        ({"mlalgorithm": 1, "created_by": "ana", "share": 101}, 400, "share"),
        ({"mlalgorithm": "1", "created_by": "ana"}, 400, "mlalgorithm"),
        ({"mlalgorithm": 1}, 400, "created_by"),
    ],
)
def test_what_is_wrong_is_named(client, body, status, mentions):
    assert_error(client.post("/api/v1/shadows", json=body), status, mentions)


@pytest.mark.parametrize("shadow_id", ["0", "abc", "9" * 30])
def test_an_unknown_shadow_is_told(client, shadow_id):
    assert_error(client.get(f"/api/v1/shadows/{shadow_id}"), 404, "no shadow")
    assert_error(client.post(f"/api/v1/stop_shadow/{shadow_id}"), 404, "no shadow")
