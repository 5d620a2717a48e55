"""Grid searches on wine's training set, as it lies in the database."""

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from servicekit.database_url import driver_url
from tracking.service.grid_search import SearchFailed, last_line, search
from tracking.service.search_plan import SearchPlan
from tracking.service.training_set import read_training_set

pytestmark = pytest.mark.filterwarnings("ignore:::sklearn")  # pytest puts its own filters before the module's

GUIDE = {
    "LogisticRegression": {"C": [0.1, 1], "solver": ["liblinear"]},
    "SVC": {"C": [0.1, 10], "kernel": ["linear", "rbf"], "gamma": ["scale", "auto"]},
}


@pytest.fixture(scope="module")
def wine(wine_database_url):
    with Session(create_engine(driver_url(wine_database_url))) as session:
        return read_training_set(session, "wine")


def searched(wine, model, grid, preprocessing="none", scoring="accuracy"):
    return search(model, SearchPlan((model,), {model: grid}, scoring, 5, preprocessing), wine, 42)


def test_logistic_regression_without_preprocessing_has_the_guides_figures(wine):
    found = searched(wine, "LogisticRegression", GUIDE["LogisticRegression"])
    assert found.hyperparameters == {"C": 0.1, "solver": "liblinear"}
    assert found.metrics["accuracy"] == pytest.approx(0.9245283018867925, abs=1e-9)
    assert found.metrics["f1_score"] == pytest.approx(0.9237421383647798, abs=1e-9)
    assert found.metrics["precision"] == pytest.approx(0.9257992656461439, abs=1e-9)
    assert found.metrics["recall"] == pytest.approx(0.9245283018867925, abs=1e-9)


def test_svc_without_preprocessing_has_the_guides_figures(wine):
    found = searched(wine, "SVC", GUIDE["SVC"])
    assert found.metrics["accuracy"] == pytest.approx(0.9150943396226415, abs=1e-9)
    assert found.metrics["f1_score"] == pytest.approx(0.9145840674968361, abs=1e-9)
    assert found.metrics["precision"] == pytest.approx(0.9189476849854208, abs=1e-9)


@pytest.mark.parametrize("model", GUIDE)
def test_scaling_scores_higher(wine, model):
    plain = searched(wine, model, GUIDE[model])
    scaled = searched(wine, model, GUIDE[model], "standard")
    assert scaled.metrics["accuracy"] > plain.metrics["accuracy"]
    assert "scaler" in scaled.pipeline.named_steps


def test_the_same_search_gives_the_same_result_to_the_last_digit(wine):
    grid = {"n_estimators": [1, 3], "max_depth": [None, 3]}
    first, second = (searched(wine, "RandomForest", grid) for _ in range(2))
    assert first.metrics == second.metrics
    assert list(first.pipeline.predict(wine.features)) == list(second.pipeline.predict(wine.features))


def test_the_pipeline_is_fitted_on_the_whole_set(wine):
    found = searched(wine, "DecisionTree", {"max_depth": [None]})
    assert list(found.pipeline.predict(wine.features)) == list(wine.target)


def test_what_a_search_costs_is_measured(wine):
    found = searched(wine, "DecisionTree", {"max_depth": [2, 3]})
    assert 0 < found.execution_time < 60
    assert 0 < found.cpu_usage < 6_400


def test_candidates_that_cannot_be_fitted_leave_the_others(wine):
    found = searched(wine, "LogisticRegression", {"solver": ["lbfgs", "liblinear"], "dual": [True]})
    assert found.hyperparameters == {"solver": "liblinear", "dual": True}


def test_a_grid_that_cannot_be_fitted_fails_in_the_models_own_words(wine):
    with pytest.raises(SearchFailed, match="lbfgs"):
        searched(wine, "LogisticRegression", {"solver": ["lbfgs"], "dual": [True]})


def test_a_grid_that_cannot_be_scored_fails_in_the_models_own_words(wine):
    with pytest.raises(SearchFailed, match="n_neighbors = 100"):
        searched(wine, "KNeighbors", {"n_neighbors": [100]})


def test_the_last_line_of_a_message_is_what_the_model_said():
    assert last_line(ValueError("All fits failed\nTraceback:\n  C is wrong\n\n")) == "C is wrong"
    assert last_line(MemoryError()) == "MemoryError"
