import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.multiclass import OneVsRestClassifier

from modelcatalogue.errors import InvalidGrid, InvalidHyperparameter, UnknownHyperparameter, UnknownModel
from modelcatalogue.grids import best_hyperparameters, candidates, grid
from modelcatalogue.pipelines import build
from modelcatalogue.scores import metrics

GUIDE = {
    "LogisticRegression": {"C": [0.1, 1], "solver": ["liblinear"]},
    "RandomForest": {"n_estimators": [1, 3], "max_depth": [None, 3], "min_samples_split": [2, 5]},
    "SVC": {"C": [0.1, 10], "kernel": ["linear", "rbf"], "gamma": ["scale", "auto"]},
}
PUBLISHED = {
    "LogisticRegression": (0.9245283018867925, 0.9237421383647798, 0.9257992656461439, 0.9245283018867925),
    "SVC": (0.9150943396226415, 0.9145840674968361, 0.9189476849854208, 0.9150943396226415),
}
BEST = {
    "LogisticRegression": {"C": 0.1, "solver": "liblinear"},
    "SVC": {"C": 10, "gamma": "scale", "kernel": "linear"},
}


def searched(model_name, hyperparameters, preprocessing, wine):
    training, classes, _ = wine
    search = GridSearchCV(
        build(model_name, {}, preprocessing), grid(model_name, hyperparameters), scoring="accuracy", cv=5
    ).fit(training, classes)
    scores = metrics(classes, cross_val_predict(search.best_estimator_, training, classes, cv=5))
    return search, scores


@pytest.mark.parametrize("model_name", PUBLISHED)
def test_without_preprocessing_the_guides_search_gives_the_published_figures(model_name, wine):
    search, scores = searched(model_name, GUIDE[model_name], "none", wine)
    assert tuple(scores.values()) == pytest.approx(PUBLISHED[model_name], abs=1e-9)
    assert best_hyperparameters(search.best_params_) == BEST[model_name]


@pytest.mark.parametrize("model_name", GUIDE)
def test_standard_preprocessing_scores_higher(model_name, wine):
    _, plain = searched(model_name, GUIDE[model_name], "none", wine)
    _, scaled = searched(model_name, GUIDE[model_name], "standard", wine)
    assert scaled["accuracy"] > plain["accuracy"]


@pytest.mark.parametrize("model_name", GUIDE)
def test_what_was_tuned_is_what_is_built_from_the_best_hyperparameters(model_name, wine):
    training, classes, rest = wine
    search, _ = searched(model_name, GUIDE[model_name], "standard", wine)
    built = build(model_name, best_hyperparameters(search.best_params_)).fit(training, classes)
    assert list(built.predict(rest)) == list(search.best_estimator_.predict(rest))
    assert repr(built.named_steps["model"]) == repr(search.best_estimator_.named_steps["model"])


def test_a_grid_with_and_without_liblinear_wraps_only_liblinear(wine):
    hyperparameters = {"C": [0.1, 1], "solver": ["lbfgs", "liblinear"]}
    parts = grid("LogisticRegression", hyperparameters)
    assert candidates(parts) == candidates(hyperparameters) == 4
    training, classes, _ = wine
    search = GridSearchCV(build("LogisticRegression", {}), parts, cv=3).fit(training, classes)
    solvers = [best_hyperparameters(one)["solver"] for one in search.cv_results_["params"]]
    models = [type(one["model"]) for one in search.cv_results_["params"]]
    assert sorted(zip(solvers, models, strict=True), key=str) == sorted(
        [("lbfgs", LogisticRegression)] * 2 + [("liblinear", OneVsRestClassifier)] * 2, key=str
    )


def test_candidates_are_counted_without_being_made():
    assert candidates({name: list(range(1000)) for name in "abcdef"}) == 10**18


@pytest.mark.parametrize(
    ("hyperparameters", "error", "words"),
    [
        ({}, InvalidGrid, "empty"),
        ([], InvalidGrid, "object of hyperparameters"),
        ({"C": []}, InvalidGrid, "C in the grid of SVC are an empty list"),
        ({"C": 1}, InvalidGrid, "C in the grid of SVC must be a list"),
        ({"C": "0.1"}, InvalidGrid, "must be a list"),
        ({"c": [1]}, UnknownHyperparameter, "it takes: C, break_ties"),
        ({"verbose": [True]}, UnknownHyperparameter, "no hyperparameter 'verbose'"),
        ({"model__C": [1]}, UnknownHyperparameter, "no hyperparameter 'model__C'"),
        ({"C": [1, -1]}, InvalidHyperparameter, "C of SVC must be a number above 0"),
        ({"C": [float("nan")]}, InvalidHyperparameter, "not nan"),
        ({"kernel": ["linear", "precomputed"]}, InvalidHyperparameter, "one of linear, poly, rbf, sigmoid"),
    ],
)
def test_a_wrong_grid_is_refused_in_words(hyperparameters, error, words):
    with pytest.raises(error, match=words):
        grid("SVC", hyperparameters)


def test_a_grid_for_an_unknown_model_lists_the_models():
    with pytest.raises(UnknownModel, match="LogisticRegression, RandomForest, SVC"):
        grid("Perceptron", {"C": [1]})
