"""Queries and names that nothing can be meant by."""

import pytest

from servicekit.testing import assert_error

ROW = {"alcohol": 13.2, "hue": 1.0}


@pytest.mark.parametrize(
    "query",
    [
        {"status": "PRODUCTION"},
        {"status": ""},
        {"status": "shadow"},
        {"version": ""},
        {"version": "v" * 201},
        {"subject": "s" * 201},
        {"explain": "maybe"},
        {"unknown": "1"},
        {"version": ["1", "2"]},
        {"subject": "a\x00b"},
        {"version": "\x00"},
    ],
)
def test_a_query_that_means_nothing_is_refused(shared, query):
    assert_error(shared.predict("strict", ROW, **query), 400)


@pytest.mark.parametrize(
    "endpoint", ["a" * 300, "a" * 5000, "wine%00", "%ff%fe", "W%C3%AFne", "..", "%27--", "wine "]
)
def test_odd_names_of_endpoints_are_unknown(shared, endpoint):
    response = shared.predict(endpoint, ROW)
    body = assert_error(response, 404)
    assert len(body["message"]) < 1000
