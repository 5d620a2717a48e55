import time

import pytest

from modelcatalogue.entries import names
from modelcatalogue.errors import IncompatibleHyperparameters, InvalidHyperparameter
from modelcatalogue.try_out import try_out, try_out_grid


@pytest.mark.parametrize("name", names())
def test_the_defaults_of_every_model_work(name):
    try_out(name, {})


@pytest.mark.parametrize(
    ("name", "hyperparameters", "words"),
    [
        ("LogisticRegression", {"solver": "lbfgs", "penalty": "l1"}, "lbfgs"),
        ("LogisticRegression", {"solver": "lbfgs", "dual": True}, "dual"),
        ("SVC", {"break_ties": True, "decision_function_shape": "ovo"}, "break_ties"),
        ("RandomForest", {"bootstrap": False, "oob_score": True}, "bootstrap"),
        ("KNeighbors", {"metric": "cosine", "algorithm": "kd_tree"}, "cosine"),
        (
            "XGBoost",
            {"max_depth": 0, "tree_method": "exact"},
            r"together .*: Check failed: param_.max_depth > 0",
        ),
    ],
)
def test_what_does_not_go_together_is_told_in_the_models_words(name, hyperparameters, words):
    with pytest.raises(IncompatibleHyperparameters, match=words) as refused:
        try_out(name, hyperparameters)
    assert set(refused.value.names) == set(hyperparameters)


@pytest.mark.parametrize("name", ["RandomForest", "XGBoost", "LightGBM"])
def test_a_large_model_is_tried_small(name):
    try_out(name, {})
    start = time.perf_counter()
    try_out(name, {"n_estimators": 2_000})
    assert time.perf_counter() - start < 1.0


def test_a_grid_with_one_working_combination_passes():
    try_out_grid("LogisticRegression", {"solver": ["lbfgs", "liblinear"], "penalty": ["l1"]})


def test_a_grid_without_any_working_combination_is_refused():
    with pytest.raises(IncompatibleHyperparameters, match=r"kd_tree|cosine"):
        try_out_grid("KNeighbors", {"metric": ["cosine"], "algorithm": ["kd_tree"], "p": [1, 2]})


def test_wrong_values_are_told_before_anything_is_tried():
    with pytest.raises(InvalidHyperparameter):
        try_out("SVC", {"C": 0})
