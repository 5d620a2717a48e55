"""Predictions that start from an earlier window of the query."""

import numpy as np
import pytest

from predictor.learning.history import History, earlier
from predictor.learning.options import TrainingOptions
from predictor.learning.predictor import TrainedPredictor
from predictor.learning.training import train
from predictor.utils.features import NAMES

COST = NAMES.index("plan_total_cost")


def changing(queries=150, windows=4, spread=1.0, seed=3):
    """A history in which a query's cost, and with it its time, differs from window to window."""
    draw = np.random.default_rng(seed)
    count = queries * windows
    query_hash = np.tile(np.arange(queries), windows)
    start = np.repeat(np.arange(windows, dtype=float), queries) * 3600
    log_cost = draw.uniform(2, 9, queries)[query_hash] + draw.normal(0, spread, count)
    features = np.full((count, len(NAMES)), np.nan)
    features[:, COST] = np.exp(log_cost)
    return History(query_hash, start, features, np.exp(log_cost - 5 + draw.normal(0, 0.1, count)))


def test_the_window_before_is_found_whatever_the_order():
    history = changing(queries=3, windows=3)
    shuffled = history.rows(np.random.default_rng(1).permutation(len(history)))
    before = earlier(shuffled)
    for row, found in enumerate(before):
        if shuffled.window_start[row] == 0:
            assert found == -1
        else:
            assert shuffled.query_hash[found] == shuffled.query_hash[row]
            assert shuffled.window_start[found] == shuffled.window_start[row] - 3600


@pytest.fixture(scope="module")
def trained():
    return train(changing(), "linear_regression", TrainingOptions(), lambda *_: None)


def test_an_earlier_windows_features_have_a_wider_interval(trained):
    row = changing(seed=8).features[0]
    own, past = trained.predict(row, 0.9, "own"), trained.predict(row, 0.9, "past")
    assert own.execution_time_ms == past.execution_time_ms
    assert own.upper_bound_ms < past.upper_bound_ms
    assert own.lower_bound_ms > past.lower_bound_ms
    assert own.confidence_score > past.confidence_score


def test_both_intervals_cover_new_queries_as_they_promise(trained):
    fresh = changing(queries=1500, seed=9)
    before = earlier(fresh)
    for basis, rows in (("own", np.arange(len(fresh))), ("past", np.flatnonzero(before >= 0))):
        source = rows if basis == "own" else before[rows]
        found = [trained.predict(fresh.features[row], 0.9, basis) for row in source]
        actual = fresh.execution_time_ms[rows]
        inside = [
            one.lower_bound_ms <= time <= one.upper_bound_ms for one, time in zip(found, actual, strict=True)
        ]
        assert 0.86 < np.mean(inside) < 0.94, basis


def test_the_report_judges_both(trained):
    report = trained.report
    assert report["from_past"]["q_error"]["p50"] > report["q_error"]["p50"]
    assert report["from_past"]["coverage"]["level"] == 0.9


def test_both_calibrations_are_kept(trained):
    row = changing(seed=8).features[0]
    again = TrainedPredictor.loads(trained.dumps())
    assert again.predict(row, 0.9, "past") == trained.predict(row, 0.9, "past")


def test_queries_without_a_past_have_the_interval_of_their_own_features():
    alone = train(changing(windows=1), "linear_regression", TrainingOptions(), lambda *_: None)
    row = changing(seed=8).features[0]
    assert alone.predict(row, 0.9, "past") == alone.predict(row, 0.9, "own")
    assert alone.report["from_past"] is None
