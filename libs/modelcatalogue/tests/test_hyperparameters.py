import warnings

import pytest

from modelcatalogue.entries import ENTRIES, entry, names
from modelcatalogue.entry import imported
from modelcatalogue.errors import InvalidHyperparameter, UnknownHyperparameter, UnknownModel
from modelcatalogue.hyperparameters import allowed, validate
from modelcatalogue.try_out import try_out
from modelcatalogue.values import Choice, Either, Real, Whole

REFUSED = {"n_jobs", "verbose", "verbosity", "warm_start", "callbacks", "device", "missing", "metric_params"}


def test_the_table_has_the_promised_models():
    promised = {"LogisticRegression", "RandomForest", "SVC", "HistGradientBoosting", "KNeighbors"}
    assert set(names()) >= promised | {"DecisionTree", "XGBoost", "LightGBM"}


@pytest.mark.parametrize("name", names())
def test_every_hyperparameter_is_one_of_the_class(name):
    parameters = imported(entry(name).estimator)().get_params()
    assert set(entry(name).hyperparameters) <= set(parameters)
    assert entry(name).seeded == ("random_state" in parameters)


@pytest.mark.parametrize("name", names())
def test_nothing_that_steers_the_process_may_be_set(name):
    assert not REFUSED & set(entry(name).hyperparameters)
    for refused in REFUSED:
        with pytest.raises(UnknownHyperparameter, match="it takes"):
            validate(name, {refused: 1})


def ends(values):
    """The extreme members of a set of values."""
    match values:
        case Either(sets=sets):
            return [end for one in sets for end in ends(one)]
        case Choice(values=members):
            return list(members)
        case Whole(low=low, high=high):
            return [low, high]
        case Real(low=low, high=high, without_low=without_low, without_high=without_high):
            return [low + 1e-4 if without_low else low, high - 1e-4 if without_high else high]
    raise AssertionError(values)


ALONE = [
    (name, hyperparameter, end)
    for name, one in ENTRIES.items()
    for hyperparameter, values in one.hyperparameters.items()
    for end in ends(values)
]
# Allowed, but only together with another hyperparameter.
NEEDS = {
    ("LogisticRegression", "penalty", "l1"): {"solver": "liblinear"},
    ("LogisticRegression", "penalty", "elasticnet"): {"solver": "saga", "l1_ratio": 0.5},
    ("LogisticRegression", "l1_ratio", 1.0): {"solver": "liblinear"},
    ("LogisticRegression", "l1_ratio", None): {"penalty": "l2"},
    ("LogisticRegression", "dual", True): {"solver": "liblinear"},
    ("SVC", "break_ties", True): {"decision_function_shape": "ovr"},
}


# A few trees take a hyperparameter as many do.
FEW = {
    "RandomForest": {"n_estimators": 3},
    "XGBoost": {"n_estimators": 3},
    "LightGBM": {"n_estimators": 3},
    "HistGradientBoosting": {"max_iter": 3},
}


@pytest.mark.parametrize(("name", "hyperparameter", "value"), ALONE)
def test_the_model_itself_takes_every_end_of_every_range(name, hyperparameter, value):
    needed = NEEDS.get((name, hyperparameter, value), {})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try_out(name, {**FEW.get(name, {}), hyperparameter: value, **needed})


@pytest.mark.parametrize(("name", "one"), ENTRIES.items())
@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), -float("inf"), [], {}, "", "0.1", 10**30, b"1"]
)
def test_no_hyperparameter_takes_nonsense(name, one, value):
    for hyperparameter in one.hyperparameters:
        with pytest.raises(InvalidHyperparameter, match=f"{hyperparameter} of {name} must be"):
            validate(name, {hyperparameter: value})


def test_true_is_not_a_number_and_one_is_not_true():
    with pytest.raises(InvalidHyperparameter):
        validate("RandomForest", {"n_estimators": True})
    with pytest.raises(InvalidHyperparameter):
        validate("SVC", {"shrinking": 1})


@pytest.mark.parametrize(("name", "value"), [("RandomForest", 2_001), ("XGBoost", 10**9), ("LightGBM", 0)])
def test_what_would_take_the_machine_is_bounded(name, value):
    with pytest.raises(InvalidHyperparameter, match="a whole number from 1 to 2000"):
        validate(name, {"n_estimators": value})


def test_allowed_hyperparameters_are_told_in_words():
    assert allowed("KNeighbors")["n_neighbors"] == "a whole number from 1 to 10000"
    assert allowed("SVC")["gamma"] == "one of scale, auto or a number from 0 up to 1e+06"


@pytest.mark.parametrize("name", ["", "svc", None, 3, [], {}])
def test_an_unknown_model_lists_the_models(name):
    with pytest.raises(UnknownModel, match="KNeighbors"):
        validate(name, {})
