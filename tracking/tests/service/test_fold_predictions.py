"""Predictions kept from a grid search, against scikit-learn's own cross-validated predictions."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.tree import DecisionTreeClassifier

from tracking.service.fold_predictions import CHOSEN, FoldPredictions

pytestmark = pytest.mark.filterwarnings("ignore:::sklearn")  # failed fits are part of the tests

DEPTHS = [1, 2, 3]


@pytest.fixture(scope="module")
def iris():
    features, target = load_iris(return_X_y=True, as_frame=True)
    order = np.random.default_rng(42).permutation(len(target))
    return features.iloc[order], target.iloc[order]


def searched(kept, features, target, depths=DEPTHS):
    tree = DecisionTreeClassifier(random_state=42)
    search = GridSearchCV(
        tree, {"max_depth": depths}, scoring=kept.scoring("accuracy"), refit=CHOSEN, cv=5, error_score=np.nan
    )
    return search.fit(features, target)


def test_kept_predictions_are_those_of_a_cross_validation_of_each_candidate(iris):
    kept = FoldPredictions()
    searched(kept, *iris)
    for position, depth in enumerate(DEPTHS):
        tree = DecisionTreeClassifier(max_depth=depth, random_state=42)
        expected = cross_val_predict(tree, *iris, cv=5)
        assert np.array_equal(kept.of_candidate(position, len(DEPTHS), iris[1]), expected)


def test_keeping_changes_nothing_about_the_search(iris):
    kept = searched(FoldPredictions(), *iris)
    plain = GridSearchCV(
        DecisionTreeClassifier(random_state=42), {"max_depth": DEPTHS}, scoring="accuracy", cv=5
    ).fit(*iris)
    assert kept.best_params_ == plain.best_params_
    assert list(kept.cv_results_[f"mean_test_{CHOSEN}"]) == list(plain.cv_results_["mean_test_score"])


def test_labels_may_be_words(iris):
    features, target = iris
    words = target.map({0: "setosa", 1: "versicolor", 2: "virginica"})
    kept = FoldPredictions()
    searched(kept, features, words)
    tree = DecisionTreeClassifier(max_depth=2, random_state=42)
    assert np.array_equal(kept.of_candidate(1, 3, words), cross_val_predict(tree, features, words, cv=5))


def test_nothing_is_kept_when_a_fit_failed(iris):
    kept = FoldPredictions()
    searched(kept, *iris, depths=[0, 2])
    assert kept.of_candidate(1, 2, iris[1]) is None


def test_nothing_is_kept_beyond_the_room(iris):
    kept = FoldPredictions(room=400)
    searched(kept, *iris)
    assert kept.of_candidate(0, 3, iris[1]) is None


def test_a_search_that_never_ran_has_kept_nothing():
    assert FoldPredictions().of_candidate(0, 1, pd.Series([1, 2])) is None
