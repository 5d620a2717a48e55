"""Look up the experiment: what is in it, which model won, by how much."""

from typing import Any

from stack.demo.journey import Journey
from stack.demo.step import Chapter, Step, expect

PATH = "/root/tracking/experiments"


def _ask(journey: Journey, information: str, **more: Any) -> dict[str, Any]:
    body = {"experiment_id": journey.experiment_id, "request_information": information, **more}
    data: dict[str, Any] = journey.services.tracking.post(PATH, body)["data"]
    return data


def _list_all(journey: Journey) -> str:
    listed = journey.services.tracking.get(PATH)["data"]
    own = [each for each in listed if each["experiment_id"] == journey.experiment_id]
    expect(len(own) == 1, f"experiment {journey.experiment_id} is not in the list")
    return f"{len(listed)} in all; {own[0]['name']} has {own[0]['run_count']} runs"


def _runs(journey: Journey) -> str:
    query = {"experiment_id": journey.experiment_id}
    runs = journey.services.tracking.get("/root/tracking/runs", query)["data"]
    expect({run["run_id"] for run in runs} == set(journey.run_ids.values()), "other runs than were logged")
    return f"newest first: {', '.join(run['tags']['model_type'] for run in runs)}"


def _general(journey: Journey) -> str:
    counts = _ask(journey, "general")["experiment_runs"]
    return f"{counts['completed_runs']} completed, {counts['failed_runs']} failed"


def _best(journey: Journey) -> str:
    best = _ask(journey, "best_model", filter=["model_accuracy"])
    journey.best_run_id, journey.best_model = best["run_id"], best["model"]
    return f"{best['model']}, accuracy {best['metrics']['model_accuracy']:.4f}"


def _statistics(journey: Journey) -> str:
    accuracy = _ask(journey, "statistics", filter=["all"])["accuracy"]
    return f"accuracy {accuracy['min']:.3f} to {accuracy['max']:.3f}, mean {accuracy['mean']:.3f}"


CHAPTER = Chapter(
    "Experiments",
    (
        Step("List the experiments", _list_all),
        Step("List the runs of this one", _runs),
        Step("General information", _general),
        Step("Find the best model", _best),
        Step("Statistics over the runs", _statistics),
    ),
)
