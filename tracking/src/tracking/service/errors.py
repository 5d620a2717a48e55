"""What can be wrong with a request to tracking."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from servicekit.errors import Conflict, Invalid, NotFound


@dataclass(frozen=True)
class Fault:
    """One thing to correct: which field of the request, and how."""

    field: str
    reason: str


class InvalidOptimization(Invalid):
    """An optimization that cannot be started; nothing was logged."""

    error = "Invalid optimization"

    def __init__(self, faults: Sequence[Fault]) -> None:
        text = " ".join(f"{fault.reason.rstrip('.')}." for fault in faults[:3])
        super().__init__(text, [asdict(fault) for fault in faults])


class UnknownModel(InvalidOptimization):
    """A model that is not in the catalogue; the same words as ml-model's."""

    error = "Model not Found"


class TrainingSetNotLoaded(NotFound):
    """There is nothing to tune on."""

    error = "Dataset not loaded"

    def __init__(self, source: str) -> None:
        body = json.dumps({"set_name": "training", "source": source})
        super().__init__(
            f"The training set of {source!r} is not loaded; load it with the simulator: "
            f"POST /root/simulator {body}."
        )


class NotAClassification(Conflict):
    """A source whose target is a number."""

    error = "Not a classification"

    def __init__(self, source: str) -> None:
        super().__init__(f"The target of {source!r} is a number; the models here tell classes apart.")


class ExperimentNotFound(NotFound):
    """No experiment has this id, or it was deleted."""

    error = "Experiment not found"

    def __init__(self, experiment_id: str) -> None:
        super().__init__(
            f"There is no experiment {experiment_id[:40]!r}; "
            "GET /root/tracking/experiments lists those there are."
        )


class ExperimentDeletedMeanwhile(Conflict):
    """An experiment that was deleted while models were tuned for it."""

    error = "Experiment was deleted"

    def __init__(self, experiment_id: str) -> None:
        super().__init__(
            f"Experiment {experiment_id!r} was deleted while its models were tuned; start it again."
        )


class ExperimentProtected(Conflict):
    """MLflow's own experiment, which its clients fall back to."""

    error = "Experiment is protected"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is MLflow's own experiment and stays; delete its runs one by one instead."
        )


class RunNotFound(NotFound):
    """No run has this id, or it was deleted, or it belongs to another experiment."""

    error = "Run not found"

    def __init__(self, run_id: str, experiment_id: str | None = None) -> None:
        where = "" if experiment_id is None else f" in experiment {experiment_id[:40]!r}"
        super().__init__(
            f"There is no run {run_id[:40]!r}{where}; "
            "GET /root/tracking/runs?experiment_id=... lists those there are."
        )


class RunNotDeployable(NotFound):
    """A run that no optimization of this service made."""

    error = "Run not found"

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"Run {run_id!r} was not made by an optimization here, so it names no model with hyperparameters."
        )


class RunNotFinished(Conflict):
    """A run that failed or is still running."""

    error = "Run not finished"

    def __init__(self, run_id: str, status: str) -> None:
        super().__init__(f"Run {run_id!r} is {status}; only a FINISHED run can be deployed.")


class NoRuns(NotFound):
    """An experiment without runs."""

    error = "No runs found"

    def __init__(self, experiment_id: str) -> None:
        super().__init__(
            f"Experiment {experiment_id!r} has no runs yet; start an optimization under its name."
        )


class NoFinishedRuns(NotFound):
    """An experiment none of whose finished runs has the metric that was asked for."""

    error = "No finished runs"

    def __init__(self, experiment_id: str, metrics: Sequence[str]) -> None:
        super().__init__(f"Experiment {experiment_id!r} has no finished run with {' or '.join(metrics)}.")
