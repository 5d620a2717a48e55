import numpy as np
import pandas as pd
import pytest

from modelcatalogue.entries import names
from modelcatalogue.errors import UnknownPreprocessing
from modelcatalogue.pipelines import build
from modelcatalogue.storage import dumps, loads


@pytest.mark.parametrize("model_name", names())
@pytest.mark.parametrize("preprocessing", ["standard", "none"])
def test_missing_values_are_the_training_means(model_name, preprocessing, wine):
    training, classes, rest = wine
    fitted = build(model_name, {}, preprocessing).fit(training, classes)
    fouled, filled = rest.copy(), rest.copy()
    fouled.iloc[::3, 2] = np.nan
    filled.iloc[::3, 2] = training.iloc[:, 2].mean()
    assert list(fitted.predict(fouled)) == list(fitted.predict(filled))


@pytest.mark.parametrize("model_name", names())
def test_the_same_seed_gives_the_same_model_and_the_default_is_42(model_name, wine):
    training, classes, rest = wine
    predictions = [
        build(model_name, {}, seed=seed).fit(training, classes).predict(rest).tolist() for seed in (42, 42)
    ]
    by_default = build(model_name, {}).fit(training, classes).predict(rest).tolist()
    assert predictions == [by_default, by_default]


def test_a_callers_random_state_goes_before_the_seed():
    assert build("RandomForest", {"random_state": 7}).named_steps["model"].random_state == 7
    assert build("RandomForest", {}).named_steps["model"].random_state == 42


def test_integers_flags_and_an_empty_column_are_taken():
    frame = pd.DataFrame(
        {
            "count": pd.array([1, None, 3, 4], dtype="Int64"),
            "flag": pd.array([True, False, None, True], dtype="boolean"),
            "plain": [True, False, True, False],
            "empty": [np.nan] * 4,
        }
    )
    fitted = build("DecisionTree", {}).fit(frame, ["a", "b", "a", "b"])
    assert fitted.predict(frame).tolist() == ["a", "b", "a", "b"]


@pytest.mark.parametrize("preprocessing", ["standard", "none"])
def test_categories_are_taken_with_missing_and_new_values(preprocessing):
    frame = mixed(["clay", "sand", None, "clay"], [1.0, 2.0, 3.0, np.nan])
    built = build("LogisticRegression", {}, preprocessing, categories=["soil"])
    fitted = loads(dumps(built.fit(frame, [0, 1, 1, 0])), "LogisticRegression")
    assert fitted.predict(mixed(["rock", "clay", None], [3.0, 1.0, np.nan])).tolist() == [1, 0, 1]


def mixed(soil, ash):
    count = pd.array([None, *range(1, len(ash))], dtype="Int64")
    return pd.DataFrame({"ash": ash, "soil": pd.Categorical(soil), "count": count})


def test_an_unknown_preprocessing_lists_those_that_there_are():
    with pytest.raises(UnknownPreprocessing, match="standard, none"):
        build("SVC", {}, "robust")
