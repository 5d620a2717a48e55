"""Tune the three models; every one becomes an MLflow run."""

from stack.demo.journey import Journey
from stack.demo.search_space import FOLDS, MODELS, optimization
from stack.demo.step import Chapter, Step, expect

PATH = "/root/tracking/model_management"


def _tune(journey: Journey) -> str:
    body = optimization(f"wine_demo_{journey.stamp}")
    # Not repeated when its fate is unknown: it would log a second set of runs.
    data = journey.services.tracking.post(PATH, body, repeatable=False)["data"]
    journey.experiment_id, journey.run_ids = data["experiment_id"], data["run_ids"]
    expect(set(journey.run_ids) == set(MODELS), f"runs only for {sorted(journey.run_ids)}")
    return f"{', '.join(MODELS)}: experiment {journey.experiment_id} in MLflow"


CHAPTER = Chapter("Tuning", (Step(f"Tune {len(MODELS)} models, {FOLDS} folds each", _tune),))
