"""Look into the runs: what they were given and what they measured."""

from typing import Any

from stack.demo.journey import Journey
from stack.demo.step import Chapter, Step

PATH = "/root/tracking/runs"


def _ask(journey: Journey, run_id: str, information: str, kind: str) -> dict[str, Any]:
    body = {
        "experiment_id": journey.experiment_id,
        "run_id": run_id,
        "request_information": information,
        "type": kind,
    }
    data: dict[str, Any] = journey.services.tracking.post(PATH, body)["data"]
    return data


def _shown(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _data(journey: Journey) -> str:
    data = _ask(journey, journey.best_run_id, "parameters", "data")
    return f"{data['samples']} samples, {data['features']} features, {data['classes']} classes"


def _grid(journey: Journey) -> str:
    return _shown(_ask(journey, journey.best_run_id, "parameters", "grid_search"))


def _tuned(journey: Journey) -> str:
    for model, run_id in journey.run_ids.items():
        journey.tuned[model] = _ask(journey, run_id, "parameters", "model")
    return f"{journey.best_model}: {_shown(journey.tuned[journey.best_model])}"


def _system(journey: Journey) -> str:
    metrics = _ask(journey, journey.best_run_id, "metrics", "system")
    return f"{metrics['execution_time']:.2f} s at {metrics['cpu_usage']:.0f} % of the processors"


def _scores(journey: Journey) -> str:
    for model, run_id in journey.run_ids.items():
        journey.cross_validated[model] = _ask(journey, run_id, "metrics", "model")
    return ", ".join(f"{model} {scores['accuracy']:.3f}" for model, scores in journey.cross_validated.items())


CHAPTER = Chapter(
    "Runs",
    (
        Step("The data of the best run", _data),
        Step("The grid that was searched", _grid),
        Step("The hyperparameters that won", _tuned),
        Step("What the search cost", _system),
        Step("The metrics of every model", _scores),
    ),
)
