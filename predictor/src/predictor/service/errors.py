"""What can be wrong with a request to predictor."""

from collections.abc import Sequence

from servicekit.errors import Conflict, Invalid, NotFound, ServiceError

TRAIN = "POST /api/train/performance-model"
PREDICT = "POST /api/predict/query-execution"
MODELS = "GET /api/models"
QUERIES = "GET /api/queries"


class UnknownModelType(Invalid):
    """No model type has this name."""

    error = "Unknown model type"

    def __init__(self, model_type: str, known: Sequence[str]) -> None:
        details = [{"field": "model_type", "known": list(known)}]
        super().__init__(
            f"There is no model type {model_type[:100]!r}; use one of: {', '.join(known)}.", details
        )


class JobNotFound(NotFound):
    """No job has this id."""

    error = "Job not found"

    def __init__(self, job_id: str) -> None:
        super().__init__(f"There is no training job {job_id[:100]!r}; {TRAIN} starts one and answers its id.")


class JobEnded(Conflict):
    """The job cannot be cancelled any more."""

    error = "Job has ended"

    def __init__(self, job_id: str, status: str) -> None:
        super().__init__(f"Job {job_id} is {status} and cannot be cancelled any more.")


class NoActiveModel(Conflict):
    """Nothing can be predicted yet."""

    error = "No active model"

    def __init__(self, models: int) -> None:
        advice = (
            "POST /api/models/{model_id}/activate with one of GET /api/models"
            if models
            else f"train one with {TRAIN}"
        )
        super().__init__(f"No model is active yet; {advice}.")


class ModelNotFound(NotFound):
    """No model has this id."""

    error = "Model not found"

    def __init__(self, model_id: str) -> None:
        super().__init__(f"There is no model {model_id[:100]!r}; {MODELS} lists the ones that there are.")


class ModelDamaged(ServiceError):
    """What is stored of a model is not what was stored."""

    error = "Model damaged"

    def __init__(self, version: str, reason: str) -> None:
        super().__init__(
            f"The stored model {version} cannot be used: {reason}. Activate another or train again."
        )


class ModelOfOtherFeatures(Conflict):
    """The model was trained on features that this version of the service does not have."""

    error = "Model of other features"

    def __init__(self, version: str) -> None:
        super().__init__(f"Model {version} was trained on other features; train again with {TRAIN}.")


class UnknownFingerprint(NotFound):
    """There is no history of this query."""

    error = "Unknown fingerprint"

    def __init__(self, query_hash: int, database_name: str, lookback_days: int) -> None:
        super().__init__(
            f"{database_name!r} has no history of query {query_hash} in the last {lookback_days} days; "
            f"send its `features` with the request, or take a query of {QUERIES}."
        )


class UnreadablePlan(Invalid):
    """What was sent as a plan is none."""

    error = "Unreadable plan"

    def __init__(self) -> None:
        super().__init__(
            "`plan` cannot be read; send the object that EXPLAIN (VERBOSE, FORMAT JSON) answers, "
            "with its key `Plan`.",
            [{"field": "plan", "reason": "is not a plan"}],
        )


class NoHistory(NotFound):
    """There is no history of this query."""

    error = "Unknown fingerprint"

    def __init__(self, query_hash: str, database_name: str) -> None:
        super().__init__(
            f"{database_name!r} has no history of query {query_hash[:100]!r}; {QUERIES} lists what it has."
        )


class PredictionNotFound(NotFound):
    """No prediction has this id."""

    error = "Prediction not found"

    def __init__(self, prediction_id: str) -> None:
        super().__init__(f"There is no prediction {prediction_id[:100]!r}; {PREDICT} answers their ids.")


class OtherPrediction(Invalid):
    """What the request says of the prediction is not what was predicted."""

    error = "Prediction differs"

    def __init__(self, prediction_id: str, differences: dict[str, tuple[object, object]]) -> None:
        details = [
            {"field": name, "stated": stated, "predicted": kept}
            for name, (stated, kept) in differences.items()
        ]
        super().__init__(
            f"Prediction {prediction_id} differs from what is stated in: {', '.join(differences)}. "
            "Leave these fields out or send what was answered.",
            details,
        )


class ValidatedOtherwise(Conflict):
    """The prediction has another real time already."""

    error = "Already validated"

    def __init__(self, prediction_id: str, kept_ms: float) -> None:
        super().__init__(
            f"Prediction {prediction_id} was validated with {kept_ms:g} ms; a real time is stored once."
        )
