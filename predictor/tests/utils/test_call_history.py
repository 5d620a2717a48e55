from datetime import UTC, datetime, timedelta

from predictor.utils.call_history import Calls, call_facts

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def called(*hours_and_calls):
    return [Calls(NOW - timedelta(hours=hours), calls) for hours, calls in hours_and_calls]


def test_a_query_without_a_past_has_unknown_calls():
    assert set(call_facts([], NOW).values()) == {None}


def test_hours_without_a_call_count_as_none():
    found = call_facts(called((0.5, 6), (3.5, 10)), NOW)
    assert found == {"query_calls_per_hour": 4.0, "std_dev_calls": 18**0.5, "peak_hour_calls": 10.0}


def test_the_window_itself_and_later_ones_are_not_looked_at():
    assert call_facts(called((0, 100), (-1, 100), (0.2, 1), (0.4, 2)), NOW)["peak_hour_calls"] == 3.0
