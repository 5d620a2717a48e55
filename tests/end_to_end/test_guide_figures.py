"""The guide's figures, over HTTP, and what was tuned is what is deployed."""

import pytest
from guide_requests import EXPERIMENTS, RUNS, deploy, load, metrics, optimize, score

pytestmark = pytest.mark.end_to_end

PUBLISHED = {
    "LogisticRegression": {
        "accuracy": 0.9245283018867925,
        "f1_score": 0.9237421383647798,
        "precision": 0.9257992656461439,
        "recall": 0.9245283018867925,
    },
    "SVC": {
        "accuracy": 0.9150943396226415,
        "f1_score": 0.9145840674968361,
        "precision": 0.9189476849854208,
    },
}


@pytest.fixture(scope="module")
def plain(stack):
    load(stack, "testing")
    load(stack, "training")
    return optimize(stack, "the guide's figures", tuple(PUBLISHED), preprocessing="none")


@pytest.fixture(scope="module")
def standard(stack, plain):
    return optimize(stack, "the guide's figures, standardized", tuple(PUBLISHED))


def parameters(stack, ids, model, kind):
    body = {
        "experiment_id": ids["experiment_id"],
        "run_id": ids["run_ids"][model],
        "request_information": "parameters",
        "type": kind,
    }
    return stack.asked("tracking", "POST", RUNS, json=body)["data"]


@pytest.mark.parametrize("model", PUBLISHED)
def test_without_preprocessing_the_figures_are_the_published_ones(stack, plain, model):
    found = metrics(stack, plain["experiment_id"], plain["run_ids"][model])
    for metric, figure in PUBLISHED[model].items():
        assert found[metric] == pytest.approx(figure, abs=1e-9), metric


def test_the_winning_parameters_are_the_published_ones(stack, plain):
    assert parameters(stack, plain, "LogisticRegression", "model") == {"C": "0.1", "solver": "liblinear"}
    data = parameters(stack, plain, "LogisticRegression", "data")
    assert {key: data[key] for key in ("classes", "features", "samples")} == {
        "classes": "3",
        "features": "13",
        "samples": "106",
    }
    grid = parameters(stack, plain, "LogisticRegression", "grid_search")
    assert grid["cv_folds"] == "5"
    assert grid["scoring"] == "accuracy"
    assert grid["C"] == "[0.1, 1]"


def test_best_model_and_statistics_agree_with_the_runs(stack, plain):
    body = {"experiment_id": plain["experiment_id"]}
    wanted = {**body, "request_information": "best_model", "filter": ["model_accuracy"]}
    best = stack.asked("tracking", "POST", EXPERIMENTS, json=wanted)["data"]
    assert best["run_id"] == plain["run_ids"]["LogisticRegression"]
    wanted = {**body, "request_information": "statistics", "filter": ["all"]}
    accuracy = stack.asked("tracking", "POST", EXPERIMENTS, json=wanted)["data"]["accuracy"]
    assert accuracy["max"] == pytest.approx(0.9245283018867925, abs=1e-9)
    assert accuracy["min"] == pytest.approx(0.9150943396226415, abs=1e-9)
    assert accuracy["mean"] == pytest.approx((0.9245283018867925 + 0.9150943396226415) / 2, abs=1e-9)


@pytest.mark.parametrize("model", PUBLISHED)
def test_with_standard_preprocessing_the_same_request_scores_higher(stack, standard, model):
    found = metrics(stack, standard["experiment_id"], standard["run_ids"][model])
    assert found["accuracy"] > PUBLISHED[model]["accuracy"]


@pytest.mark.parametrize("preprocessing", ["standard", "none"])
def test_what_was_tuned_is_what_is_deployed(stack, plain, standard, preprocessing):
    run_id = (standard if preprocessing == "standard" else plain)["run_ids"]["LogisticRegression"]
    deploy(stack, run_id)
    deployed = stack.asked("ml-model", "GET", "/root/ml")["deployed"]
    assert deployed["model_name"] == "LogisticRegression"
    assert deployed["preprocessing"] == preprocessing
    assert deployed["run_id"] == run_id
    assert deployed["hyperparameters"]["solver"] == "liblinear"
    assert score(stack, "training")["accuracy"] > 0.9
    assert score(stack, "testing")["samples"] == 36
