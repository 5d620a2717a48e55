"""True labels of single predictions."""

import pytest

from servicekit.testing import assert_error

STRICT = {"alcohol": 13.2, "hue": 1.0}


@pytest.fixture
def answered(shared, wine_row):
    """A function that predicts at an endpoint and gives the request's id."""
    rows = {"strict": STRICT, "wine": wine_row, "kinds": {"age": 30, "member": True, "town": "Bern"}}
    return lambda endpoint: shared.predict(endpoint, rows[endpoint]).get_json()["request_id"]


def test_a_true_label_is_kept_once(shared, answered):
    request_id = answered("wine")
    assert shared.request(request_id).get_json()["feedback"] is None
    first = shared.feedback(request_id, feedback=2)
    assert first.status_code == 200, first.text
    assert first.get_json()["feedback"] == 2
    assert first.get_json()["feedback_at"]
    assert shared.feedback(request_id, feedback=2).get_json() == first.get_json()
    body = assert_error(shared.feedback(request_id, feedback=1), 409, '"replace": true')
    assert body["error"] == "Feedback differs"
    assert shared.request(request_id).get_json() == first.get_json()
    replaced = shared.feedback(request_id, feedback=1, replace=True)
    assert replaced.get_json()["feedback"] == 1
    assert shared.feedback(request_id, feedback=1).get_json() == replaced.get_json()


def test_zero_and_false_are_labels(shared, answered):
    request_id = answered("wine")
    assert shared.feedback(request_id, feedback=0).get_json()["feedback"] == 0
    assert_error(shared.feedback(request_id, feedback=2), 409, "is 0 already")
    request_id = answered("kinds")
    assert shared.feedback(request_id, feedback=False).get_json()["feedback"] is False
    assert_error(shared.feedback(request_id, feedback=True), 409)


@pytest.mark.parametrize(
    ("endpoint", "label"),
    [
        ("wine", 3),
        ("wine", "0"),
        ("wine", True),
        ("wine", 1.5),
        ("wine", -1),
        ("strict", "Zero"),
        ("strict", 0),
        ("strict", ""),
        ("strict", "x" * 5000),
        ("kinds", 1),
        ("kinds", "true"),
    ],
)
def test_a_label_that_the_version_never_gives_is_refused(shared, answered, endpoint, label):
    request_id = answered(endpoint)
    body = assert_error(shared.feedback(request_id, feedback=label), 400, "must be one of")
    assert len(body["message"]) < 1000
    assert shared.request(request_id).get_json()["feedback_at"] is None


def test_a_whole_number_may_be_written_as_a_fraction(shared, answered):
    assert shared.feedback(answered("wine"), feedback=1.0).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"feedback": None},
        {"feedback": []},
        {"feedback": {"label": 1}},
        {"feedback": 1, "replace": "x"},
        {"feedback": 1, "more": 2},
        {"label": 1},
        {"feedback": "a\x00b"},
        {"feedback": 10**400},
    ],
)
def test_a_body_that_is_no_feedback_is_refused(shared, answered, body):
    request_id = answered("wine")
    assert_error(shared.feedback(request_id, **body), 400)
    assert shared.request(request_id).get_json()["feedback_at"] is None


@pytest.mark.parametrize(
    "request_id", ["0" * 32, "x", "%00", "a" * 5000, "%27%20OR%201%3D1", "1.5", "%ff", "W%C3%AFne"]
)
def test_an_unknown_request_is_said(shared, request_id):
    for response in (shared.request(request_id), shared.feedback(request_id, feedback=1)):
        body = assert_error(response, 404)
        assert len(body["message"]) < 1000


def test_requests_are_listed_by_whether_their_label_is_known(shared, answered):
    def total(**query):
        found = shared.client.get("/api/v1/mlrequests", query_string=query).get_json()
        return found["total"]

    known, unknown = total(feedback="true"), total(feedback="false")
    request_id = answered("wine")
    assert (total(feedback="true"), total(feedback="false")) == (known, unknown + 1)
    shared.feedback(request_id, feedback=0)
    assert (total(feedback="true"), total(feedback="false")) == (known + 1, unknown)
    assert total() == known + unknown + 1
    assert total(endpoint="none") == 0


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=1001", "offset=-1", "feedback=maybe", "mlalgorithm=x", "more=1", "endpoint=%00"],
)
def test_a_list_that_means_nothing_is_refused(shared, query):
    assert_error(shared.client.get("/api/v1/mlrequests", query_string=query), 400)


def test_a_regression_takes_any_number(shared, regression_model):
    shared.version("prices", regression_model)
    answer = shared.predict("prices", {"alcohol": 13.2, "hue": 1.0}).get_json()
    assert isinstance(answer["label"], float)
    assert answer["probabilities"] is None
    for truth in (0.5, 3):
        given = shared.feedback(answer["request_id"], feedback=truth, replace=True)
        assert given.get_json()["feedback"] == truth
    assert_error(shared.feedback(answer["request_id"], feedback=4), 409)
