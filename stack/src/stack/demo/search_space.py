"""What the guide tunes: three models and the values of their hyperparameters."""

from typing import Any

MODELS = ["LogisticRegression", "RandomForest", "SVC"]

GRIDS: dict[str, dict[str, list[Any]]] = {
    "LogisticRegression": {"C": [0.1, 1], "solver": ["liblinear"]},
    "RandomForest": {"n_estimators": [1, 3], "max_depth": [None, 3], "min_samples_split": [2, 5]},
    "SVC": {"C": [0.1, 10], "kernel": ["linear", "rbf"], "gamma": ["scale", "auto"]},
}

SCORING = "accuracy"
FOLDS = 5


def optimization(experiment_name: str, models: list[str] | None = None) -> dict[str, Any]:
    """Return the body that asks for tuning the models (all three when none are named)."""
    chosen = models or MODELS
    return {
        "request_information": "optimization",
        "experiment_name": experiment_name,
        "experiment_description": "Grid Search Optimization - Cross Validation Performance",
        "experiment_owner": "demo",
        "models": chosen,
        "hyperparameters": {model: GRIDS[model] for model in chosen},
        "scoring": SCORING,
        "cv": FOLDS,
    }
