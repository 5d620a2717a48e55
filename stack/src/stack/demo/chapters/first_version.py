"""A simple model that answers first, so that there is something to be better than."""

from typing import Any

from stack.demo.journey import Journey
from stack.demo.step import Chapter, Step

OWNER = "demo"
NAME = "tree"
_PATH = "/root/ml"


def register(journey: Journey, name: str, status: str) -> dict[str, Any]:
    """Make the model in use a version of the demo's endpoint."""
    body = {
        "endpoint_name": journey.endpoint,
        "algorithm_name": name,
        "algorithm_status": status,
        "owner": OWNER,
        "source": {"trained": True},
    }
    return journey.services.ml_model.post("/api/v1/mlalgorithms", body)


def _train(journey: Journey) -> str:
    service = journey.services.ml_model
    service.post(f"{_PATH}/set_model", {"model_name": "DecisionTree", "hyperparameters": {"max_depth": 1}})
    return str(service.post(_PATH, {"dataset": "training"})["message"])


def _put_into_production(journey: Journey) -> str:
    version = register(journey, NAME, "production")
    journey.features = [field["name"] for field in version["signature"]["fields"]]
    return f"{version['name']}:{version['version']} answers /api/v1/{journey.endpoint}/predict"


CHAPTER = Chapter(
    "First version",
    (
        Step("Train a tree of one question", _train),
        Step("Put it into production", _put_into_production),
    ),
)
