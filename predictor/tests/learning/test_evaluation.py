import numpy as np
import pytest

from predictor.learning.baselines import fingerprint_mean, past_mean, planner_cost
from predictor.learning.cost_line import COST, fit_cost_line
from predictor.learning.evaluation import coverage, errors_of, fifths, q_errors, reliability
from predictor.learning.history import History
from predictor.learning.vector import model_input
from predictor.utils.features import NAMES


def history_of(rows):
    """Rows of (query, time, milliseconds)."""
    query, start, milliseconds = (np.array(column) for column in zip(*rows, strict=True))
    features = np.full((len(rows), len(NAMES)), np.nan)
    return History(query.astype(np.int64), start.astype(float), features, milliseconds.astype(float))


def test_errors_are_in_milliseconds_and_factors():
    found = errors_of(np.array([10.0, 20.0, 30.0]), np.array([20.0, 20.0, 10.0]))
    assert found["mae"] == pytest.approx(10.0)
    assert found["rmse"] == pytest.approx(np.sqrt(500 / 3))
    assert found["q_error"]["p50"] == pytest.approx(2.0)
    assert found["n"] == 3


def test_a_factor_counts_the_same_above_and_below():
    assert q_errors(np.array([10.0]), np.array([40.0])) == q_errors(np.array([40.0]), np.array([10.0]))


def test_perfect_predictions_have_no_error():
    times = np.array([1.0, 5.0, 9.0])
    found = errors_of(times, times)
    assert (found["r_squared"], found["r_squared_log"], found["q_error"]["p95"]) == (1.0, 1.0, 1.0)


def test_r_squared_is_unknown_where_nothing_varies():
    assert errors_of(np.array([1.0, 2.0]), np.array([3.0, 3.0]))["r_squared"] is None


def test_fifths_are_alike_and_ordered_by_time():
    times = np.random.default_rng(0).permutation(np.arange(1.0, 53.0))
    number = fifths(times)
    assert np.bincount(number).tolist() == [11, 10, 11, 10, 10]
    assert max(times[number == 0]) < min(times[number == 1])


def test_coverage_counts_in_each_fifth():
    times, inside = np.arange(1.0, 11.0), np.array([True] * 8 + [False] * 2)
    found = coverage(times, inside, 0.9)
    assert found["overall"] == pytest.approx(0.8)
    assert [row["coverage"] for row in found["by_fifth"]] == [1.0, 1.0, 1.0, 1.0, 0.0]


def test_reliability_compares_what_was_said_with_what_happened():
    rows = reliability(np.array([0.1, 0.15, 0.9, 0.95]), np.array([False, False, True, False]))
    assert [(row["n"], row["observed"]) for row in rows] == [(2, 0.0), (2, 0.5)]
    assert rows[1]["predicted"] == pytest.approx(0.925)


def test_the_past_of_a_query_is_what_lies_before_its_window():
    history = history_of([(1, 0, 10), (1, 5, 1000), (1, 9, 7), (2, 3, 4), (1, 5, 100)])
    found = np.exp(past_mean(history))
    assert np.isnan(found[[0, 3]]).all()
    assert found[[1, 4]] == pytest.approx([10.0, 10.0])
    assert found[2] == pytest.approx(100.0)


def test_the_mean_of_the_past_is_judged_beside_the_model_on_the_same_rows():
    history = history_of([(1, 0, 10), (1, 5, 20), (2, 1, 7)])
    found = fingerprint_mean(history, np.array([False, True, True]), np.array([20.0, 1.0]))
    assert found["share_covered"] == 0.5
    assert found["q_error"]["p50"] == pytest.approx(2.0)
    assert found["model_on_the_same"]["q_error"]["p50"] == 1.0


def test_queries_without_a_past_have_no_such_baseline():
    history = history_of([(1, 0, 10), (2, 5, 20)])
    assert fingerprint_mean(history, np.array([True, True]), np.array([1.0, 1.0])) == {"share_covered": 0.0}


def test_a_line_over_the_cost_is_found_where_there_is_one():
    features = np.full((50, len(NAMES)), np.nan)
    features[:40, COST] = np.expm1(np.linspace(1, 9, 40))
    log_ms = np.where(np.isnan(features[:, COST]), 3.0, 0.5 * np.log1p(features[:, COST]) - 1.0)
    line = fit_cost_line(model_input(features), log_ms)
    assert (line.intercept, line.slope) == pytest.approx((-1.0, 0.5), abs=1e-3)
    assert line.predict(model_input(features))[-1] == pytest.approx(log_ms.mean())


def test_the_baseline_of_the_cost_learns_from_the_learning_rows_only(history):
    learning = np.arange(len(history)) < 400
    found = planner_cost(history, learning, ~learning)
    spoiled = history.rows(np.arange(len(history)))
    spoiled.execution_time_ms[:] = np.where(learning, history.execution_time_ms, 1.0)
    line = fit_cost_line(model_input(history.features[learning]), history.log_ms()[learning])
    expected = np.exp(line.predict(model_input(history.features[~learning])))
    assert found["mae"] == pytest.approx(np.abs(expected - history.execution_time_ms[~learning]).mean())
    assert planner_cost(spoiled, learning, ~learning)["mae"] == pytest.approx(np.abs(expected - 1.0).mean())
