"""What can be wrong with a request to ml-model."""

from collections.abc import Mapping, Sequence
from typing import Any

from modelcatalogue.errors import HyperparameterError, UnknownModel
from servicekit.errors import Conflict, Invalid, NotFound

SET_MODEL = "POST /root/ml/set_model"
TRAIN = 'POST /root/ml {"dataset": "training"}'


class ModelNotFound(Invalid):
    """No model has this name."""

    error = "Model not Found"

    def __init__(self, fault: UnknownModel) -> None:
        details = [{"field": "model_name", "known": list(fault.known)}]
        super().__init__(f"Please specify one of: {', '.join(fault.known)}.", details)


class InvalidHyperparameters(Invalid):
    """The model does not take these hyperparameters."""

    error = "Invalid hyperparameter"

    def __init__(self, fault: HyperparameterError) -> None:
        fields = [f"hyperparameters.{name}" for name in fault.names] or ["hyperparameters"]
        super().__init__(f"{fault}.", [{"field": field, "reason": str(fault)} for field in fields])


class RunMismatch(Invalid):
    """The run's model is not the one that the request describes."""

    error = "Run does not match"

    def __init__(self, run_id: str, differences: Mapping[str, tuple[Any, Any]]) -> None:
        details = [
            {"field": name, "stated": stated, "of_the_run": found}
            for name, (stated, found) in differences.items()
        ]
        names = ", ".join(differences)
        super().__init__(f"The model of run {run_id!r} differs from what is stated in: {names}.", details)


class RunNotFound(NotFound):
    """No run has this id, or it was deleted."""

    error = "Run not found"

    def __init__(self, run_id: str) -> None:
        super().__init__(f"MLflow has no run {run_id!r}, or it was deleted; choose another.")


class RunWithoutModel(NotFound):
    """The run has no model that can be deployed."""

    error = "Model of the run not found"

    def __init__(self, run_id: str, reason: str) -> None:
        super().__init__(f"Run {run_id!r} has no model that can be deployed: {reason}. Choose another run.")


class RunModelRefused(Conflict):
    """The run's model cannot be loaded without risk, or not at all."""

    error = "Model refused"

    def __init__(self, run_id: str, reason: str) -> None:
        super().__init__(f"The model of run {run_id!r} is not deployed. {reason}. Choose another run.")


class NothingDeployed(Conflict):
    """No model was deployed yet."""

    error = "No model deployed"

    def __init__(self) -> None:
        super().__init__(f"Deploy a model first, with {SET_MODEL} or from a run through tracking.")


class NotTrained(Conflict):
    """The deployed model was not trained yet."""

    error = "Model not trained"

    def __init__(self, model_name: str) -> None:
        super().__init__(f"The deployed {model_name} is not trained yet; train it with {TRAIN}.")


class DatasetNotLoaded(NotFound):
    """The set was never loaded, or was removed."""

    error = "Dataset not loaded"

    def __init__(self, source: str, dataset: str) -> None:
        super().__init__(
            f"The {dataset} set of {source!r} is not loaded; load it with the simulator: "
            f'POST /root/simulator {{"set_name": "{dataset}", "source": "{source}"}}.'
        )


class DatasetReloaded(Conflict):
    """The set was loaded anew while the request was answered."""

    error = "Dataset changed"

    def __init__(self, source: str, dataset: str) -> None:
        super().__init__(
            f"The {dataset} set of {source!r} was loaded anew meanwhile; send the request again."
        )


class ModelReplaced(Conflict):
    """Another model was deployed or trained while the request was answered."""

    error = "Model changed"

    def __init__(self) -> None:
        super().__init__(
            "Another model was deployed or trained meanwhile; nothing was stored. Send it again."
        )


class ColumnsDiffer(Conflict):
    """The set is not like the one that the model was trained on."""

    error = "Columns differ"

    def __init__(self, version: str, differences: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(
            f"The set does not fit {version}, which was trained on another source; train it on this one "
            f"with {TRAIN}, or name the source that it was trained on.",
            differences,
        )


class NotAClassification(Conflict):
    """The source's target is a number."""

    error = "Not a classification"

    def __init__(self, source: str) -> None:
        super().__init__(f"The target of {source!r} is a number; the models here tell classes apart.")


class TrainingFailed(Conflict):
    """The model refuses the training set."""

    error = "Training failed"

    def __init__(self, model_name: str, reason: str) -> None:
        super().__init__(
            f"{model_name} cannot be trained on this set: {reason}. Deploy it with other hyperparameters."
        )


class TrainedModelTooLarge(Conflict):
    """The trained model is over the limit of what is stored."""

    error = "Model too large"

    def __init__(self, model_name: str, size: int, limit: int) -> None:
        super().__init__(
            f"The trained {model_name} has {size} bytes, more than the {limit} of "
            "ML_MODEL_MAX_TRAINED_MODEL_BYTES. Deploy it with hyperparameters that make it smaller."
        )


class StoredModelDamaged(Conflict):
    """The stored model is not what was stored."""

    error = "Stored model damaged"

    def __init__(self, version: str, reason: str) -> None:
        super().__init__(f"The stored {version} cannot be used ({reason}); train it again with {TRAIN}.")
