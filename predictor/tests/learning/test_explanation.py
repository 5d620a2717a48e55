import numpy as np
import pytest

from predictor.learning.estimators import model_types
from predictor.learning.explanation import explain
from predictor.utils.features import NAMES


@pytest.mark.parametrize("model_type", model_types())
def test_contributions_add_up_to_the_prediction(fitted, history, model_type):
    trained = fitted(model_type)
    for row in history.features[:3]:
        explanation = explain(trained, row)
        whole = explanation.base_ms + sum(part.milliseconds for part in explanation.contributions)
        assert whole == pytest.approx(trained.predict(row, 0.9).execution_time_ms, rel=1e-6)


def test_each_feature_is_there_once_with_its_value_largest_effect_first(trained, history):
    row = history.features[0]
    parts = explain(trained, row).contributions
    assert sorted(part.feature for part in parts) == sorted(NAMES)
    effects = [abs(part.milliseconds) for part in parts]
    assert effects == sorted(effects, reverse=True)
    values = {part.feature: part.value for part in parts}
    assert values["std_dev_calls"] is None
    assert values["concurrent_queries_avg"] == row[NAMES.index("concurrent_queries_avg")]


def test_the_base_is_the_mean_prediction_of_the_background(trained, history):
    base = explain(trained, history.features[0]).base_ms
    assert base == pytest.approx(trained.predict_inputs(trained.background).mean())


def test_explaining_again_gives_the_same_numbers(trained, history):
    assert explain(trained, history.features[5]) == explain(trained, history.features[5])


def test_what_the_time_depends_on_moves_it_most(trained, history):
    costly = history.features[0].copy()
    costly[NAMES.index("plan_total_cost")] = 1e6
    assert explain(trained, costly).contributions[0].feature == "plan_total_cost"


def test_everything_unknown_is_explained_too(trained):
    explanation = explain(trained, np.full(len(NAMES), np.nan))
    assert all(part.value is None for part in explanation.contributions)
