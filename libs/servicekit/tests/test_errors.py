"""Every fault of a caller is answered in the one error shape."""

import pytest

from servicekit.testing import assert_error

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("{", "not JSON"),
        ("", "not JSON"),
        ('{"count": NaN}', "not JSON"),
        ('{"count": 1, "anything": {"x": "\\u0000"}}', "NUL"),
        ("[]", "body"),
        ("{}", "count: field required"),
        ('{"count": true}', "count"),
        ('{"count": "3"}', "count"),
        ('{"count": 11}', "less than or equal to 10"),
        ('{"count": 1, "colour": "red"}', "colour"),
    ],
)
def test_a_bad_body_is_400_and_says_what_is_wrong(build, text, mentions):
    answer = build().test_client().post("/things", data=text, headers=JSON)
    assert_error(answer, 400, mentions)


def test_every_wrong_field_has_its_own_detail(build):
    answer = build().test_client().post("/things", json={"count": "x", "colour": 1})
    assert {row["field"] for row in assert_error(answer, 400)["details"]} == {"count", "colour"}


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=1&limit=2", "colour=1", "limit=%00"])
def test_a_bad_query_is_400(build, query):
    assert_error(build().test_client().get(f"/things?{query}"), 400)


def test_a_body_that_is_not_json_is_415(build):
    client = build().test_client()
    assert_error(client.post("/things", data="count=1"), 415, "application/json")
    assert_error(client.post("/things", data="x", headers={"Content-Type": "text/plain"}), 415)


def test_a_body_over_the_limit_is_413(build):
    assert_error(build().test_client().post("/things", data="x" * 4096, headers=JSON), 413, "smaller")


def test_an_unknown_path_is_404_and_a_wrong_method_405_with_allow(build):
    client = build().test_client()
    assert_error(client.get("/nowhere"), 404)
    answer = client.put("/things", json={})
    assert_error(answer, 405)
    assert "POST" in answer.headers["Allow"]


def test_an_error_of_the_use_case_keeps_its_status_and_words(build):
    assert_error(build().test_client().post("/things", json={"count": 9}), 409, "Nine is taken")


def test_an_unexpected_fault_is_500_without_its_words(build):
    answer = build().test_client().post("/things", json={"count": 10})
    assert "secret" not in answer.get_data(as_text=True)
    assert_error(answer, 500)


def test_the_request_id_is_taken_when_harmless_and_made_otherwise(build):
    client = build().test_client()
    assert client.get("/health", headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"] == "abc-1"
    made = client.get("/health", headers={"X-Request-ID": "a b;drop"}).headers["X-Request-ID"]
    assert len(made) == 32
