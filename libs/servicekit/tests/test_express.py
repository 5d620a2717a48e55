"""A lane takes what is exactly as it should be; everything else is answered as if it was not there."""

import json

import pytest
from flask_restful import Resource
from prometheus_client import generate_latest
from pydantic import RootModel

from servicekit import request_id
from servicekit.errors import Conflict, Invalid, Unavailable
from servicekit.testing import assert_error
from servicekit.web.app import Identity, Mount, add_routes, new_app
from servicekit.web.express import Lane, add_lanes
from servicekit.web.operation import json_response, operation
from servicekit.web.raw_body import RawBody, json_value

RULE = "/api/<name>/double"
JSON = "application/json"
FAULTS = {"full": Conflict("It is full."), "away": Unavailable("Later."), "broken": RuntimeError("secret")}


class Number(RootModel[int]):
    """What is doubled."""


class Double(Resource):
    """Flask's own route of the lane."""

    def __init__(self, ways):
        self._ways = ways

    @operation("Double", {200: Number}, body=RawBody(Number), errors=(Conflict,))
    def post(self, name, body):
        self._ways.append("flask")
        return json_response(Number(doubled(name, body.json())), 200)


def doubled(name, value):
    if name in FAULTS:
        raise FAULTS[name]
    if type(value) is not int:
        raise Invalid("Send a number.")
    return 2 * value


@pytest.fixture
def ways():
    """By which way each request went."""
    return []


@pytest.fixture
def tiny(settings, ways):
    app, metrics = new_app(Identity("tiny", "1", "A tiny service."), settings)
    add_routes(app, [Mount(Double, RULE, {"ways": ways})], {})

    def take(name, query, body):
        value = json_value(body)
        return (name, value) if type(value) is int and not query else None

    def answer(taken):
        ways.append("lane")
        return json.dumps(doubled(*taken)).encode()

    add_lanes(app, metrics, [Lane("/api/", "/double", RULE, take, answer)])
    return app, metrics


@pytest.fixture
def client(tiny):
    return tiny[0].test_client()


@pytest.fixture
def counted(tiny):
    """How many requests of the route were counted, by status."""

    def counted():
        lines = generate_latest(tiny[1].registry).decode().splitlines()
        mine = [line for line in lines if line.startswith("http_requests_total") and RULE in line]
        return {line.split('status="')[1][:3]: float(line.rpartition(" ")[2]) for line in mine}

    return counted


def test_both_ways_answer_the_same(client, ways):
    headers = {"X-Request-ID": "mine-1"}
    by_lane = client.post("/api/x/double", data=b"21", content_type=JSON, headers=headers)
    by_flask = client.post(
        "/api/x/double", data=b"21", content_type="application/json; charset=UTF-8", headers=headers
    )
    assert ways == ["lane", "flask"]
    assert by_lane.data == by_flask.data == b"42"
    assert (by_lane.status, by_lane.mimetype) == (by_flask.status, by_flask.mimetype) == ("200 OK", JSON)
    assert sorted(by_lane.headers) == sorted(by_flask.headers)


@pytest.mark.parametrize(
    "sent",
    [
        {"content_type": "application/json;charset=utf8"},
        {"content_type": "application/json; charset=latin-1"},
        {"content_type": "application/vnd.api+json"},
        {"query_string": "a=1"},
        {"query_string": "a=%00"},
    ],
)
def test_what_is_unusual_goes_by_flask(client, ways, sent):
    response = client.post("/api/x/double", **({"data": b"21", "content_type": JSON} | sent))
    assert (response.status_code, response.data, ways) == (200, b"42", ["flask"])


def test_a_body_of_unknown_length_goes_by_flask(client, ways):
    environ = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    response = client.post("/api/x/double", data=b"21", content_type=JSON, environ_overrides=environ)
    assert (response.status_code, ways) == (200, ["flask"])


@pytest.mark.parametrize("length", ["-1", "x", "²", "1e3", "+2", "0"])
def test_a_length_that_is_none_breaks_nothing(client, ways, length):
    response = client.post(
        "/api/x/double", data=b"21", content_type=JSON, environ_overrides={"CONTENT_LENGTH": length}
    )
    assert response.status_code in {200, 400}
    assert "lane" not in ways


def test_a_body_that_was_cut_is_refused(client, ways):
    response = client.post(
        "/api/x/double", data=b"21", content_type=JSON, environ_overrides={"CONTENT_LENGTH": "9"}
    )
    assert_error(response, 400)
    assert ways == []


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": b"{"}, 400),
        ({"data": b'"x"'}, 400),
        ({"data": b""}, 400),
        ({"data": b"NaN"}, 400),
        ({"data": b"1" * 3000}, 413),
        ({"data": b"[" * 1500 + b"]" * 500}, 400),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": None}, 415),
    ],
)
def test_what_is_wrong_is_said_by_flask_and_counted_once(client, counted, ways, sent, status):
    headers = {"X-Request-ID": "mine-2"}
    response = client.post("/api/x/double", **({"data": b"21", "content_type": JSON} | sent), headers=headers)
    assert assert_error(response, status)["request_id"] == "mine-2"
    assert counted() == {str(status): 1.0}
    assert "lane" not in ways


@pytest.mark.parametrize(("name", "status"), [("full", 409), ("away", 503), ("broken", 500)])
def test_a_fault_on_the_lane_is_answered_as_everywhere(client, counted, ways, name, status):
    headers = {"X-Request-ID": "mine-3"}
    response = client.post(f"/api/{name}/double", data=b"21", content_type=JSON, headers=headers)
    body = assert_error(response, status)
    assert body["request_id"] == "mine-3"
    assert "secret" not in response.text
    assert response.headers.get("Retry-After") == ("2" if status == 503 else None)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert ways == ["lane"]
    assert counted() == {str(status): 1.0}


def test_answers_of_both_ways_are_counted_together(client, counted):
    for content_type in (JSON, "application/json;charset=utf8"):
        client.post("/api/x/double", data=b"21", content_type=content_type)
    assert counted() == {"200": 2.0}


@pytest.mark.parametrize("given", ["a b", "x" * 129, "", "ä", None])
def test_a_request_id_that_is_not_harmless_is_replaced(client, given):
    environ = {} if given is None else {request_id.IN_ENVIRON: given}
    response = client.post("/api/x/double", data=b"21", content_type=JSON, environ_overrides=environ)
    own_id = response.headers["X-Request-ID"]
    assert own_id != given
    assert len(own_id) == 32


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/x/double", 405),
        ("POST", "/api/double", 404),
        ("POST", "/api/x/y/double", 404),
        ("POST", "/api//double", 404),
        ("POST", "/other/x/double", 404),
        ("POST", "/api/x%00/double", 404),
    ],
)
def test_other_requests_are_not_touched(client, ways, method, path, status):
    assert client.open(path, method=method, data=b'"21"', content_type=JSON).status_code == status
    assert ways == []
