"""The requests of the guide, as the tests send them."""

from running_stack import RunningStack

GRIDS = {
    "LogisticRegression": {"C": [0.1, 1], "solver": ["liblinear"]},
    "RandomForest": {"n_estimators": [1, 3], "max_depth": [None, 3], "min_samples_split": [2, 5]},
    "SVC": {"C": [0.1, 10], "kernel": ["linear", "rbf"], "gamma": ["scale", "auto"]},
}
SUMMARY_GROUPS = [
    "data_drift",
    "data_quality",
    "data_stability",
    "no_target_performance",
    "multi_class_classification",
]
MANAGEMENT = "/root/tracking/model_management"
EXPERIMENTS = "/root/tracking/experiments"
RUNS = "/root/tracking/runs"


def optimization(name: str, models: tuple[str, ...] = tuple(GRIDS), **more: object) -> dict:
    """Return the body of the guide's optimization for some or all of its models."""
    return {
        "request_information": "optimization",
        "experiment_name": name,
        "experiment_description": "Grid Search Optimization - Cross Validation Performance",
        "experiment_owner": "tests",
        "models": list(models),
        "hyperparameters": {model: GRIDS[model] for model in models},
        "scoring": "accuracy",
        "cv": 5,
        **more,
    }


def load(stack: RunningStack, set_name: str) -> dict:
    """Load a set and return what is in it."""
    return stack.asked("simulator", "POST", "/root/simulator", json={"set_name": set_name})["data"]


def optimize(stack: RunningStack, name: str, models: tuple[str, ...] = tuple(GRIDS), **more: object) -> dict:
    """Tune, and return the ids of experiment and runs."""
    response = stack.call("tracking", "POST", MANAGEMENT, json=optimization(name, models, **more))
    assert response.status_code == 201, response.text
    return response.json()["data"]


def metrics(stack: RunningStack, experiment_id: str, run_id: str) -> dict:
    """Return the model metrics of a run."""
    body = {
        "experiment_id": experiment_id,
        "run_id": run_id,
        "request_information": "metrics",
        "type": "model",
    }
    return stack.asked("tracking", "POST", RUNS, json=body)["data"]


def deploy(stack: RunningStack, run_id: str) -> None:
    """Hand a run's model to ml-model."""
    stack.asked("tracking", "POST", MANAGEMENT, json={"request_information": "setting", "run_id": run_id})


def score(stack: RunningStack, dataset: str) -> dict:
    """Train on the training set or score on another; return the scores."""
    return stack.asked("ml-model", "POST", "/root/ml", json={"dataset": dataset})["data"]


def summary(stack: RunningStack) -> dict:
    """Return monitoring's summary of all groups."""
    body = {"metric": "summary", "tests": dict.fromkeys(SUMMARY_GROUPS, True)}
    return stack.asked("monitoring", "POST", "/root/monitoring", json=body)["message"]


def play_through(stack: RunningStack, name: str) -> dict:
    """Bring a stack to the end of the guide with one tuned model; return the optimization's ids."""
    load(stack, "training")
    load(stack, "testing")
    ids = optimize(stack, name, ("LogisticRegression",))
    deploy(stack, ids["run_ids"]["LogisticRegression"])
    score(stack, "training")
    score(stack, "testing")
    load(stack, "production")
    score(stack, "production")
    return ids
