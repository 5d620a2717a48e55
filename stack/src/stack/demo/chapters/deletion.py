"""Delete a run and an experiment: throw-away ones, so that the demo's own stay to look at."""

from stack.demo.journey import Journey
from stack.demo.search_space import optimization
from stack.demo.step import Chapter, Step, expect

MODEL = "LogisticRegression"


class _ThrowAway:
    """An experiment that is made to be deleted."""

    def __init__(self) -> None:
        self._experiment_id = ""
        self._run_id = ""

    def make(self, journey: Journey) -> str:
        body = optimization(f"wine_throw_away_{journey.stamp}", [MODEL])
        path = "/root/tracking/model_management"
        data = journey.services.tracking.post(path, body, repeatable=False)["data"]
        self._experiment_id, self._run_id = data["experiment_id"], data["run_ids"][MODEL]
        return f"experiment {self._experiment_id}"

    def delete_run(self, journey: Journey) -> str:
        query = {"experiment_id": self._experiment_id, "run_id": self._run_id}
        journey.services.tracking.delete("/root/tracking/runs", query)
        return f"run {self._run_id[:8]} is gone"

    def delete_experiment(self, journey: Journey) -> str:
        path = "/root/tracking/experiments"
        journey.services.tracking.delete(path, {"experiment_id": self._experiment_id})
        active = {
            each["experiment_id"]
            for each in journey.services.tracking.get(path)["data"]
            if each["lifecycle_stage"] == "active"
        }
        expect(self._experiment_id not in active, "the deleted experiment is still listed as active")
        return f"experiment {self._experiment_id} is gone"


def chapter() -> Chapter:
    """Return the chapter with a memory of its own."""
    throw_away = _ThrowAway()
    return Chapter(
        "Deletion",
        (
            Step("Make an experiment to throw away", throw_away.make),
            Step("Delete its run", throw_away.delete_run),
            Step("Delete the experiment", throw_away.delete_experiment),
        ),
    )
