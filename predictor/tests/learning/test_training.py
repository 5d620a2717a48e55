import json
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from predictor.learning.errors import InvalidHistory, TooFewFingerprints, UnknownModelType
from predictor.learning.estimators import model_types
from predictor.learning.history import History
from predictor.learning.options import TrainingOptions
from predictor.learning.predictor import TrainedPredictor
from predictor.learning.training import train
from predictor.utils.features import NAMES


def silent(percent, step):
    """A listener that does not care."""


def test_the_table_has_the_six_model_types():
    assert model_types() == (
        "linear_regression",
        "decision_tree",
        "random_forest",
        "gradient_boosting",
        "xgboost",
        "lightgbm",
    )


@pytest.mark.parametrize("model_type", model_types())
def test_each_model_learns_what_is_there_to_learn(fitted, model_type):
    report = fitted(model_type).report
    assert report["r_squared_log"] > 0.5
    assert report["q_error"]["p50"] < 2.0
    assert report["coverage"]["overall"] >= 0.7
    assert report["feature_importance"][0]["feature"] == "plan_total_cost"


@pytest.mark.parametrize("model_type", model_types())
def test_training_again_gives_the_same_bytes(fitted, history, model_type):
    again = train(history, model_type, TrainingOptions(), silent)
    assert again.dumps() == fitted(model_type).dumps()


@pytest.mark.parametrize("model_type", model_types())
def test_predictions_are_finite_and_positive_for_anything(fitted, history, model_type):
    trained = fitted(model_type)
    strange = np.array([np.full(len(NAMES), value) for value in (np.nan, 0.0, 1e300, -1e300, np.inf)])
    found = trained.predict_many(strange)
    assert np.isfinite(found).all()
    assert (found > 0).all()
    assert found.max() <= history.execution_time_ms.max() * 10.0001
    assert found.min() >= history.execution_time_ms.min() / 10.0001
    for row in strange:
        prediction = trained.predict(row, 0.9)
        assert (
            0
            < prediction.lower_bound_ms
            <= prediction.execution_time_ms
            <= prediction.upper_bound_ms
            < math.inf
        )
        assert 0 < prediction.confidence_score < 1
        assert prediction.std_dev_ms > 0


def test_one_prediction_is_the_same_alone_and_among_many(trained, history):
    many = trained.predict_many(history.features[:20])
    alone = [trained.predict(row, 0.9).execution_time_ms for row in history.features[:20]]
    assert np.allclose(many, alone, rtol=1e-6)


def test_threads_that_ask_at_once_get_the_same_answers(trained, history):
    rows = list(history.features[:50]) * 8
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda row: trained.predict(row, 0.9), rows))
    assert together == [trained.predict(row, 0.9) for row in rows]


def test_a_level_that_the_queries_do_not_suffice_for_has_no_bounds_but_a_reason(trained, history):
    prediction = trained.predict(history.features[0], 0.999)
    assert (prediction.lower_bound_ms, prediction.upper_bound_ms) == (None, None)
    assert prediction.interval_reason.startswith(
        "999 calibration fingerprints are needed for a 99.9 % interval"
    )
    assert prediction.execution_time_ms > 0
    assert prediction.std_dev_ms > 0


def test_a_wider_level_gives_a_wider_interval(trained, history):
    narrow, wide = (trained.predict(history.features[0], level) for level in (0.5, 0.9))
    assert wide.lower_bound_ms < narrow.lower_bound_ms
    assert wide.upper_bound_ms > narrow.upper_bound_ms
    assert narrow.interval_reason is None


def test_the_report_is_json_and_tells_what_was_measured(trained):
    report = json.loads(json.dumps(trained.report, allow_nan=False))
    assert {"r_squared", "r_squared_log", "rmse", "mae", "q_error", "coverage", "reliability"} <= set(report)
    assert set(report["q_error"]) == {"p50", "p90", "p95"}
    assert set(report["baselines"]) == {"planner_cost", "fingerprint_mean"}
    assert report["baselines"]["fingerprint_mean"]["share_covered"] == 1.0
    assert report["feature_names"] == list(NAMES)
    assert report["split"]["by"] == "fingerprint and time"
    sizes = report["split"]
    assert sizes["fingerprints"] == 60
    assert 50 <= sizes["calibration"]["fingerprints"] + sizes["test"]["fingerprints"] <= 60
    assert (sizes["rows"], sizes["rows_given"]) == (600, 600)
    assert sum(row["n"] for row in report["coverage"]["by_fifth"]) == report["split"]["test"]["rows"]
    assert sum(row["n"] for row in report["reliability"]) == report["split"]["test"]["rows"]
    assert {"numpy", "scikit-learn", "mapie", "onnxruntime", "xgboost"} <= set(report["library_versions"])
    gains = [row["importance"] for row in report["feature_importance"]]
    assert gains == sorted(gains, reverse=True)


def test_the_report_judges_the_predictions_that_are_kept(trained):
    held_out = trained.held_out
    factors = np.maximum(
        held_out.predicted_ms / held_out.actual_ms, held_out.actual_ms / held_out.predicted_ms
    )
    assert np.median(factors) == pytest.approx(trained.report["q_error"]["p50"])
    assert np.mean(np.abs(held_out.predicted_ms - held_out.actual_ms)) == pytest.approx(trained.report["mae"])


def test_what_serves_knows_the_newest_rows_and_the_judged_one_does_not(synthetic):
    history = synthetic(rows=1000, queries=60, noise=0.01)
    slower = history.window_start > np.quantile(history.window_start, 0.8)
    history.features[:, NAMES.index("available_memory_pct")] = np.where(slower, 5.0, 80.0)
    history.execution_time_ms[slower] *= 20.0
    trained = train(history, "random_forest", TrainingOptions(), silent)
    held_out = trained.held_out
    assert np.median(held_out.actual_ms / held_out.predicted_ms) > 8
    late = trained.predict_many(history.features[slower])
    assert np.median(history.execution_time_ms[slower] / late) < 3


def test_progress_rises_and_names_its_steps(history):
    told = []
    train(history, "linear_regression", TrainingOptions(), lambda percent, step: told.append((percent, step)))
    assert [percent for percent, _ in told] == sorted({percent for percent, _ in told})
    assert all(0 < percent < 100 and step for percent, step in told)


def test_what_progress_raises_ends_the_training(history):
    class Cancelled(Exception):
        """Raised by the one who listens."""

    def cancel(percent, step):
        raise Cancelled

    with pytest.raises(Cancelled):
        train(history, "linear_regression", TrainingOptions(), cancel)


@pytest.mark.parametrize("model_type", model_types())
def test_a_hundred_rows_of_twenty_queries_are_enough(synthetic, model_type):
    trained = train(synthetic(rows=100, queries=20), model_type, TrainingOptions(), silent)
    assert trained.report["split"]["test"]["fingerprints"] >= 2
    assert trained.report["q_error"]["p50"] < 5
    assert TrainedPredictor.loads(trained.dumps()).report == trained.report


def test_features_that_nobody_knows_are_no_obstacle(synthetic):
    history = synthetic(rows=150, queries=30)
    history.features[:] = np.nan
    trained = train(history, "linear_regression", TrainingOptions(), silent)
    assert trained.predict(history.features[0], 0.9).execution_time_ms > 0


def test_times_that_never_vary_are_predicted(synthetic):
    history = synthetic(rows=150, queries=30)
    history.execution_time_ms[:] = 5.0
    trained = train(history, "decision_tree", TrainingOptions(), silent)
    assert trained.predict(history.features[0], 0.9).execution_time_ms == pytest.approx(5.0, rel=1e-4)
    assert trained.report["r_squared"] is None


def test_an_unknown_type_is_refused_with_the_known_ones(history):
    with pytest.raises(UnknownModelType, match="'oracle'; choose one of: linear_regression, decision_tree"):
        train(history, "oracle", TrainingOptions(), silent)


def test_one_query_alone_teaches_nothing(synthetic):
    with pytest.raises(TooFewFingerprints, match="Insufficient query fingerprints"):
        train(synthetic(rows=100, queries=1), "linear_regression", TrainingOptions(), silent)


@pytest.mark.parametrize("wrong", [0.0, -1.0, np.nan, np.inf])
def test_times_that_are_not_positive_numbers_are_refused(synthetic, wrong):
    history = synthetic(rows=100, queries=20)
    history.execution_time_ms[3] = wrong
    with pytest.raises(InvalidHistory, match="1 of 100 execution times are not positive numbers"):
        train(history, "linear_regression", TrainingOptions(), silent)


def test_arrays_that_do_not_fit_together_are_refused(history):
    broken = History(
        history.query_hash, history.window_start[1:], history.features, history.execution_time_ms
    )
    with pytest.raises(InvalidHistory, match="do not fit"):
        train(broken, "linear_regression", TrainingOptions(), silent)
