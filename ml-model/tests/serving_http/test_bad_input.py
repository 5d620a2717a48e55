"""Whatever is sent as a row is answered, or refused with what is wrong with it."""

import json
import re

import pytest

from servicekit.testing import assert_error

STRICT = {"alcohol": 13.2, "hue": 1.0}
KINDS = {"age": 30, "member": True, "town": "Bern"}


def text(row):
    return json.dumps(row).encode()


def faults(response):
    body = assert_error(response, 400)
    assert body["error"] == "Invalid input"
    return {(each["field"], each["type"]) for each in body["details"]}


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"alcohol": 13.2}, {("hue", "missing")}),
        ({}, {("alcohol", "missing"), ("hue", "missing")}),
        (STRICT | {"x": 1}, {("x", "unknown")}),
        ({"alcohol": 13.2, "Hue": 1.0}, {("hue", "missing"), ("Hue", "unknown")}),
        (STRICT | {"": 1}, {("", "unknown")}),
        (STRICT | {"hue": None}, {("hue", "missing")}),
        (STRICT | {"hue": True}, {("hue", "wrong_type")}),
        (STRICT | {"hue": "1.0"}, {("hue", "wrong_type")}),
        (STRICT | {"hue": ""}, {("hue", "wrong_type")}),
        (STRICT | {"hue": [1.0]}, {("hue", "wrong_type")}),
        (STRICT | {"hue": {"value": 1.0}}, {("hue", "wrong_type")}),
        ({"alcohol": False, "hue": "x"}, {("alcohol", "wrong_type"), ("hue", "wrong_type")}),
    ],
)
def test_each_feature_that_is_wrong_is_named(shared, row, wrong):
    assert faults(shared.predict("strict", row)) == wrong


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (KINDS | {"age": 30.5}, {("age", "wrong_type")}),
        (KINDS | {"age": 2**53 + 2}, {("age", "out_of_range")}),
        (KINDS | {"age": True}, {("age", "wrong_type")}),
        (KINDS | {"age": "30"}, {("age", "wrong_type")}),
        (KINDS | {"member": 2}, {("member", "wrong_type")}),
        (KINDS | {"member": "true"}, {("member", "wrong_type")}),
        (KINDS | {"member": []}, {("member", "wrong_type")}),
        (KINDS | {"member": {}}, {("member", "wrong_type")}),
        (KINDS | {"town": 3}, {("town", "wrong_type")}),
        (KINDS | {"town": None}, {("town", "missing")}),
        (KINDS | {"town": ["Bern"]}, {("town", "wrong_type")}),
    ],
)
def test_each_kind_takes_its_own_values(shared, row, wrong):
    assert faults(shared.predict("kinds", row)) == wrong


@pytest.mark.parametrize(
    "row",
    [
        KINDS,
        KINDS | {"age": 30.0},
        KINDS | {"age": -(2**53)},
        KINDS | {"member": 0},
        KINDS | {"town": "Nowhere"},
        KINDS | {"town": ""},
        KINDS | {"town": "x" * 10_000},
        KINDS | {"town": "Zürich \U0001f377 \\u0041"},
    ],
)
def test_what_fits_its_kind_is_answered_and_kept_as_it_came(shared, row):
    response = shared.predict("kinds", row)
    assert response.status_code == 200, response.text
    answer = response.get_json()
    assert answer["label"] in (True, False)
    assert set(answer["probabilities"]) == {"False", "True"}
    assert shared.request(answer["request_id"]).get_json()["input_data"] == row


def test_a_model_that_imputes_fills_what_is_missing(shared, wine_row):
    whole = shared.predict("wine", wine_row).get_json()["probabilities"]
    without = {name: value for name, value in wine_row.items() if name != "hue"}
    answers = [shared.predict("wine", row) for row in (without, wine_row | {"hue": None})]
    assert [answer.status_code for answer in answers] == [200, 200]
    filled = [answer.get_json()["probabilities"] for answer in answers]
    assert filled[0] == filled[1] != whole
    empty = shared.predict("wine", {})
    assert empty.status_code == 200
    assert shared.request(empty.get_json()["request_id"]).get_json()["input_data"] == {}
    assert faults(shared.predict("wine", wine_row | {"hue": "x"})) == {("hue", "wrong_type")}
    assert faults(shared.predict("wine", {"color": 1})) == {("color", "unknown")}


@pytest.mark.parametrize(
    "value", [b"NaN", b"Infinity", b"-Infinity", b"nan", b".5", b"+1", b"0x10", b"1_0", b"01"]
)
def test_what_is_no_number_of_json_is_broken_json(shared, value):
    body = b'{"alcohol": 13.2, "hue": ' + value + b"}"
    assert assert_error(shared.send("strict", body), 400)["error"] == "Broken JSON"


@pytest.mark.parametrize("value", [b"1e400", b"-1e400", b"9" * 400])
def test_a_number_that_is_too_large_is_refused(shared, value):
    body = b'{"alcohol": 13.2, "hue": ' + value + b"}"
    assert_error(shared.send("strict", body), 400)


@pytest.mark.parametrize(
    "value", [b"1e-400", b"-0.0", b"5e-324", b"9007199254740993", b"18446744073709551616"]
)
def test_a_number_that_is_extreme_is_answered_and_kept(shared, value):
    body = b'{"alcohol": 13.2, "hue": ' + value + b"}"
    response = shared.send("strict", body)
    assert response.status_code == 200, response.text
    answer = response.get_json()
    assert sum(answer["probabilities"].values()) == pytest.approx(1)
    kept = shared.request(answer["request_id"]).get_json()
    assert float(kept["input_data"]["hue"]) == float(value)
    assert kept["response"] == answer["label"]


@pytest.mark.parametrize("value", [1e308, -1e308])
@pytest.mark.filterwarnings("ignore:overflow encountered")
def test_a_number_that_the_model_itself_cannot_take_is_refused(shared, value):
    assert {kind for _, kind in faults(shared.predict("strict", STRICT | {"hue": value}))} <= {
        "not_finite",
        "out_of_range",
        "wrong_type",
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"alcohol": 13.2, "hue": 1.0',
        b'{"alcohol": 13.2 "hue": 1.0}',
        b'{"alcohol": 13.2, "hue": 1.0}}',
        b"{'alcohol': 13.2}",
        b"\xff\xfe",
        b'{"alcohol\xff": 1}',
        b'\xef\xbb\xbf{"alcohol": 13.2, "hue": 1.0}',
        b'{"a\x00b": 1}',
        b'{"a\\u0000b": 1}',
        b'{"alcohol": "\\u0000", "hue": 1.0}',
        b'{"alcohol": "\\ud800", "hue": 1.0}',
        b"[" * 100_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"<row/>",
    ],
)
def test_what_is_no_json_is_refused(shared, body):
    assert_error(shared.send("strict", body), 400)


@pytest.mark.parametrize(
    "value", [[], [STRICT], [13.2, 1.0], 5, "row", None, True, {"inputs": [STRICT]}, {"dataframe_split": {}}]
)
def test_what_is_no_object_of_features_is_refused(shared, value):
    assert_error(shared.send("strict", text(value)), 400)


def test_nesting_is_refused_as_a_value(shared):
    deep = value = []
    for _ in range(900):
        value.append([])
        value = value[0]
    assert faults(shared.predict("strict", STRICT | {"hue": deep})) == {("hue", "wrong_type")}


def test_many_features_are_refused_and_few_are_listed(shared):
    row = {f"f{number}": number for number in range(50_000)}
    response = shared.send("strict", text(row))
    body = assert_error(response, 400)
    assert 0 < len(body["details"]) <= 50
    assert len(body["message"]) < 1000
    assert len(faults(shared.send("strict", text(STRICT | {"n" * 50_000: 1})))) == 1


def test_a_body_over_the_limit_is_refused(shared):
    row = {f"feature number {number}": number for number in range(100_000)}
    assert_error(shared.send("strict", text(row)), 413)
    assert_error(shared.send("strict", b" " * 1024 * 1024 + text(STRICT)), 413)
    filled = text(STRICT)
    assert shared.send("strict", filled.ljust(1024 * 1024)).status_code == 200


@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", "text/csv", "application/x-www-form-urlencoded", "json"]
)
def test_another_content_type_is_refused(shared, kind):
    assert_error(shared.send("strict", text(STRICT), kind), 415)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_refused(shared, method):
    assert_error(shared.client.open("/api/v1/strict/predict", method=method), 405)


def test_the_last_of_equal_names_counts_as_everywhere_in_json(shared):
    response = shared.send("strict", b'{"alcohol": "x", "hue": 1.0, "alcohol": 13.2}')
    assert response.status_code == 200
    kept = shared.request(response.get_json()["request_id"]).get_json()
    assert kept["input_data"] == STRICT


def test_nothing_of_a_refused_row_is_kept_or_counted_as_failed(shared):
    before = shared.client.get("/api/v1/mlrequests").get_json()["total"]
    for body in (b"{", b"{}", b'{"alcohol": true, "hue": 1}'):
        assert_error(shared.send("strict", body), 400)
    assert shared.client.get("/api/v1/mlrequests").get_json()["total"] == before
    assert not re.search(r"model_infer_request_failure_total\{.*\} [1-9]", shared.client.get("/metrics").text)
