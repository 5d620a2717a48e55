"""The short way of single predictions answers as Flask's own route does."""

import json
import re

import pytest

from servicekit.testing import assert_error

ROW = {"alcohol": 13.2, "hue": 1.0}
BODY = json.dumps(ROW).encode()
ODD_TYPE = "application/json;charset=utf8"


@pytest.fixture
def warm(shared):
    """The shared app with its models in memory."""
    for endpoint in ("strict", "wine", "kinds"):
        shared.predict(endpoint, {})
    assert shared.predict("strict", ROW).status_code == 200
    return shared


def counts(served):
    """How many predictions were counted, by the two series."""
    text = served.client.get("/metrics").text
    by_http = r'^http_requests_total\{.*route="/api/v1/<endpoint>/predict",status="(\d+)".* (\S+)$'
    answered = r'^model_infer_rows_total\{model_name="strict".* (\S+)$'
    http = {status: float(value) for status, value in re.findall(by_http, text, re.MULTILINE)}
    return http, sum(float(value) for value in re.findall(answered, text, re.MULTILINE))


def test_the_first_request_loads_the_model_and_the_next_take_the_lane(served, strict_model):
    served.version("own", strict_model)
    ways = [served.taken_by(lambda: served.predict("own", ROW))[1] for _ in range(3)]
    assert ways == ["flask", "lane", "lane"]


@pytest.mark.parametrize("query", [{}, {"status": "production"}, {"subject": "Ä b"}, {"explain": "true"}])
def test_both_ways_answer_the_same(warm, query):
    headers = {"X-Request-ID": "mine-1"}
    sent = [
        warm.taken_by(lambda: warm.send("strict", BODY, kind, query_string=query, headers=headers))  # noqa: B023
        for kind in ("application/json", ODD_TYPE)
    ]
    assert [way for _, way in sent] == ["lane", "flask"]
    (lane, _), (flask, _) = sent
    assert lane.status == flask.status == "200 OK"
    own, other = dict(lane.headers), dict(flask.headers)
    assert own.keys() == other.keys()
    assert own.pop("Content-Length") == str(len(lane.data))
    assert other.pop("Content-Length") == str(len(flask.data))
    assert own == other
    assert own["X-Request-ID"] == "mine-1"
    documents = [lane.get_json(), flask.get_json()]
    ids = [document.pop("request_id") for document in documents]
    assert list(documents[0].items()) == list(documents[1].items())
    assert ids[0] != ids[1]
    rows = [warm.request(request_id).get_json() for request_id in ids]
    for row in rows:
        for changing in ("id", "latency_ms", "created_at"):
            assert row.pop(changing)
    assert rows[0] == rows[1]
    assert rows[0]["input_data"] == ROW


@pytest.mark.parametrize(
    ("sent", "way"),
    [
        ({}, "lane"),
        ({"content_type": "application/json; charset=utf-8"}, "lane"),
        ({"content_type": "application/json; charset=utf-16"}, "flask"),
        ({"content_type": "application/vnd.api+json"}, "flask"),
        ({"headers": {"Accept": "text/html"}}, "lane"),
        ({"query_string": "explain=1"}, "lane"),
        ({"environ_overrides": {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}}, "flask"),
    ],
)
def test_odd_requests_are_answered_by_flask(warm, sent, way):
    response, taken = warm.taken_by(lambda: warm.send("strict", BODY, **sent))
    assert response.status_code == 200, response.text
    assert response.get_json()["label"] in {"zero", "one", "two"}
    assert taken == way


@pytest.mark.parametrize(
    ("endpoint", "body", "query", "status"),
    [
        ("strict", b"{", {}, 400),
        ("strict", b"{}", {}, 400),
        ("strict", BODY, {"status": "staging"}, 409),
        ("strict", BODY, {"version": "9999"}, 404),
        ("strict", BODY, {"nothing": "1"}, 400),
        ("strict", BODY, {"subject": "\x00"}, 400),
        ("none", BODY, {}, 404),
    ],
)
def test_errors_have_the_one_shape_and_are_counted_once(warm, endpoint, body, query, status):
    http, rows = counts(warm)
    response = warm.send(endpoint, body, query_string=query, headers={"X-Request-ID": "mine-2"})
    assert assert_error(response, status)["request_id"] == "mine-2"
    after = counts(warm)
    assert after[0].get(str(status), 0) == http.get(str(status), 0) + 1
    assert sum(after[0].values()) == sum(http.values()) + 1
    assert after[1] == rows


def test_answers_are_counted_once_by_both_ways(warm):
    http, rows = counts(warm)
    for kind in ("application/json", ODD_TYPE, "application/json"):
        assert warm.send("strict", BODY, kind).status_code == 200
    after = counts(warm)
    assert (after[0]["200"], after[1]) == (http["200"] + 3, rows + 3)


INFER = "/v2/models/strict/infer"


def tensors(rows=2, **more):
    data = [value for row in range(rows) for value in (13.2 + row / 1000, 1.0)]
    return {"inputs": [{"name": "x", "shape": [rows, 2], "datatype": "FP64", "data": data}], **more}


@pytest.mark.parametrize("rows", [1, 2, 500])
def test_both_ways_answer_tensors_the_same(warm, rows):
    sent = []
    for kind in ("application/json", ODD_TYPE):
        body = json.dumps(tensors(rows, id="mine"))
        sent.append(warm.taken_by(lambda: warm.client.post(INFER, data=body, content_type=kind)))  # noqa: B023
    assert [way for _, way in sent] == ["lane", "flask"]
    answers = [response.get_json() for response, _ in sent]
    ids = [answer["parameters"].pop("request_ids") for answer in answers]
    assert answers[0] == answers[1]
    assert answers[0]["outputs"][0]["shape"] == [rows]
    assert [len(set(one)) for one in ids] == [rows, rows]
    for one in ids:
        assert warm.request(one[-1]).get_json()["input_data"]["hue"] == 1.0


def test_the_id_of_tensors_is_that_of_the_http_request(warm):
    headers = {"X-Request-ID": "mine-2"}
    response, way = warm.taken_by(lambda: warm.client.post(INFER, json=tensors(), headers=headers))
    assert (way, response.get_json()["id"], response.headers["X-Request-ID"]) == ("lane", "mine-2", "mine-2")


@pytest.mark.parametrize(
    ("path", "body", "more", "status"),
    [
        ("/v2/models/strict/infer", tensors(rows=0), {}, 400),
        ("/v2/models/strict/infer", {"inputs": []}, {}, 400),
        ("/v2/models/strict/infer", tensors(outputs=[{"name": "other"}]), {}, 400),
        ("/v2/models/nobody/infer", tensors(), {}, 404),
        ("/v2/models/strict/versions/1/infer", tensors(), {}, 404),
        ("/v2/models/strict/infer", tensors(), {"query_string": "a=1"}, 200),
        ("/v2/models/strict/infer", tensors(), {"headers": {"Inference-Header-Content-Length": "7"}}, 400),
    ],
)
def test_odd_tensors_are_answered_by_flask(warm, path, body, more, status):
    response, way = warm.taken_by(lambda: warm.client.post(path, json=body, **more))
    assert (way, response.status_code) == ("flask", status), response.text
