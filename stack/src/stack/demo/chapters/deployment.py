"""Deploy the winner, train it, test it."""

from stack.demo.journey import Journey
from stack.demo.step import Chapter, Step, expect

PATH = "/root/ml"


def score(journey: Journey, dataset: str) -> str:
    """Train on the training set, or score on another one."""
    answer = journey.services.ml_model.post(PATH, {"dataset": dataset})
    journey.scores[dataset] = answer["data"]
    return str(answer["message"])


def _deploy(journey: Journey) -> str:
    body = {"request_information": "setting", "run_id": journey.best_run_id}
    answer = journey.services.tracking.post("/root/tracking/model_management", body)
    return str(answer["message"])


def _deployed(journey: Journey) -> str:
    name = journey.services.ml_model.get(PATH)["name"]
    expect(name == journey.best_model, f"the deployed model is {name}, not {journey.best_model}")
    return str(name)


def _train(journey: Journey) -> str:
    return score(journey, "training")


def _test(journey: Journey) -> str:
    return score(journey, "testing")


CHAPTER = Chapter(
    "Deployment",
    (
        Step("Deploy the best run's model", _deploy),
        Step("Ask which model is deployed", _deployed),
        Step("Train it", _train),
        Step("Test it", _test),
    ),
)
