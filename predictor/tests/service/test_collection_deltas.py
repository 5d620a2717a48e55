"""What happened between two readings, worked out from counters alone."""

from datetime import UTC, datetime, timedelta

from predictor.client.statement_statistics import Counter, Counters
from predictor.persistence.repository.statement_counters import Mark
from predictor.service.statement_deltas import deltas

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)


def reading(*rows, reset_at=None):
    return Counters(LATER, tuple(rows), 0, reset_at)


def counter(calls, total_ms, since=None, query_hash=1):
    return Counter(query_hash, calls, total_ms, since)


def marks(*rows):
    return {query_hash: Mark(query_hash, calls, total_ms, NOON) for query_hash, calls, total_ms in rows}


def found(result):
    return [(row.query_hash, row.calls, row.total_ms) for row in result.rows]


def test_the_difference_is_what_happened_since_the_last_reading():
    result = deltas(reading(counter(15, 130.0)), marks((1, 10, 100.0)))
    assert found(result) == [(1, 5, 30.0)]
    assert result.rows[0].window_start == NOON
    assert result.reset == 0


def test_a_statement_that_was_not_called_is_left_out():
    assert found(deltas(reading(counter(10, 100.0)), marks((1, 10, 100.0)))) == []


def test_a_statement_that_is_new_counts_from_nought_and_is_no_reset():
    result = deltas(reading(counter(3, 9.0, query_hash=2)), marks((1, 10, 100.0)))
    assert (found(result), result.reset) == ([(2, 3, 9.0)], 0)


def test_counts_that_went_down_count_from_nought():
    assert found(deltas(reading(counter(3, 9.0)), marks((1, 10, 100.0)))) == [(1, 3, 9.0)]
    assert found(deltas(reading(counter(12, 9.0)), marks((1, 10, 100.0)))) == [(1, 12, 9.0)]


def test_a_statement_that_was_evicted_and_called_more_often_since_counts_from_nought():
    result = deltas(reading(counter(12, 120.0, since=NOON + timedelta(minutes=1))), marks((1, 10, 100.0)))
    assert (found(result), result.reset) == ([(1, 12, 120.0)], 1)


def test_a_statement_that_began_before_the_last_reading_goes_on():
    result = deltas(reading(counter(12, 120.0, since=NOON - timedelta(days=1))), marks((1, 10, 100.0)))
    assert found(result) == [(1, 2, 20.0)]


def test_after_a_reset_of_all_everything_counts_from_nought_and_from_the_reset():
    reset_at = NOON + timedelta(minutes=2)
    result = deltas(reading(counter(12, 120.0), reset_at=reset_at), marks((1, 10, 100.0)))
    assert found(result) == [(1, 12, 120.0)]
    assert (result.rows[0].window_start, result.reset) == (reset_at, 1)


def test_a_reset_before_the_last_reading_changes_nothing():
    result = deltas(reading(counter(12, 120.0), reset_at=NOON - timedelta(hours=1)), marks((1, 10, 100.0)))
    assert found(result) == [(1, 2, 20.0)]


def test_the_longest_total_time_comes_first():
    rows = [counter(1, total, query_hash=query_hash) for query_hash, total in ((1, 5.0), (2, 50.0), (3, 5.0))]
    assert [row.query_hash for row in deltas(reading(*rows), marks((9, 1, 1.0))).rows] == [2, 1, 3]
