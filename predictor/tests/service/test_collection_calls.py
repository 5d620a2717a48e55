"""Calls in an hour: what the collector's query gives is what the same windows give one by one."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from predictor.persistence.repository.call_history import CallHistory
from predictor.persistence.repository.samples import Samples
from predictor.utils.call_history import Calls, call_facts
from predictor.utils.sample import Sample

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def session(app, client):
    """The service's own session; what it writes is undone when the test ends."""
    with app.app_context():
        yield app.extensions["sqlalchemy"].session


@pytest.fixture
def keep(session):
    """A function that keeps windows of one query: minutes before noon, their length and calls."""

    def keep(*windows, query_hash=1, database_name="shop"):
        samples = [
            Sample(
                database_name=database_name,
                query_hash=query_hash,
                window_start=NOON - timedelta(minutes=ago),
                window_end=NOON - timedelta(minutes=ago - minutes),
                features={},
                calls=calls,
                execution_time_ms=1.0,
            )
            for ago, minutes, calls in windows
        ]
        Samples(session).add(samples, "collector")

    return keep


def test_short_windows_give_what_is_computed_window_by_window(session, keep):
    draw = np.random.default_rng(42)
    starts = sorted({int(ago) for ago in draw.integers(5, 5000, 60)})
    windows = [(ago, 1, int(draw.integers(1, 500))) for ago in starts]
    keep(*windows)
    expected = call_facts([Calls(NOON - timedelta(minutes=ago), calls) for ago, _, calls in windows], NOON)
    facts = CallHistory(session).before("shop", [1], NOON, WEEK)[1]
    assert facts.per_hour == pytest.approx(expected["query_calls_per_hour"])
    assert facts.std_dev == pytest.approx(expected["std_dev_calls"])
    assert facts.peak == expected["peak_hour_calls"]


def test_a_window_of_several_hours_is_so_many_hours_of_even_calls(session, keep):
    keep((600, 600, 1000))
    facts = CallHistory(session).before("shop", [1], NOON, WEEK)[1]
    assert facts.peak == 100
    assert facts.per_hour == pytest.approx(1000 / 11)


def test_only_earlier_windows_of_the_same_database_within_the_time_count(session, keep):
    keep((60, 60, 7), (30, 60, 1000), (-60, 60, 1000), (8 * 24 * 60, 60, 1000))
    keep((60, 60, 1000), database_name="other")
    keep((60, 60, 9), query_hash=2)
    found = CallHistory(session).before("shop", [1, 3], NOON, WEEK)
    assert set(found) == {1}
    assert found[1].peak == 7
