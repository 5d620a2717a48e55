"""Requests as the guide sends them."""

import copy

import pytest

MODEL_MANAGEMENT = "/root/tracking/model_management"

GUIDE = {
    "request_information": "optimization",
    "experiment_name": "wine_test_1",
    "experiment_description": "Grid Search Optimization - Cross Validation Performance",
    "experiment_owner": "Ale",
    "models": ["LogisticRegression", "RandomForest", "SVC"],
    "hyperparameters": {
        "LogisticRegression": {"C": [0.1, 1], "solver": ["liblinear"]},
        "RandomForest": {"n_estimators": [1, 3], "max_depth": [None, 3], "min_samples_split": [2, 5]},
        "SVC": {"C": [0.1, 10], "kernel": ["linear", "rbf"], "gamma": ["scale", "auto"]},
    },
    "scoring": "accuracy",
    "cv": 5,
}


@pytest.fixture
def guide():
    return copy.deepcopy(GUIDE)


@pytest.fixture
def small(experiment_name):
    """An optimization that takes a moment."""
    return {
        "request_information": "optimization",
        "experiment_name": experiment_name,
        "models": ["DecisionTree"],
        "hyperparameters": {"DecisionTree": {"max_depth": [2, None]}},
    }


@pytest.fixture
def optimize(client):
    """Send an optimization and return the data of its answer."""

    def send(body):
        answer = client.post(MODEL_MANAGEMENT, json=body)
        assert answer.status_code == 201, answer.get_json()
        return answer.get_json()["data"]

    return send
