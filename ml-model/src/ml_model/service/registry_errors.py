"""What can be wrong with registering versions and giving them statuses."""

from servicekit.errors import Conflict, Invalid, NotFound


class UnknownEndpoint(NotFound):
    """There is no endpoint of this id or name."""

    error = "Endpoint not found"

    def __init__(self, endpoint: str) -> None:
        super().__init__(
            f"There is no endpoint {endpoint[:100]!r}; GET /api/v1/endpoints lists what there is."
        )


class UnknownAlgorithm(NotFound):
    """There is no version of this id."""

    error = "Version not found"

    def __init__(self, algorithm_id: str) -> None:
        super().__init__(
            f"There is no version {algorithm_id[:40]!r}; GET /api/v1/mlalgorithms lists what there is."
        )


class UnknownStatus(NotFound):
    """There is no status of this id."""

    error = "Status not found"

    def __init__(self, status_id: str) -> None:
        super().__init__(
            f"There is no status {status_id[:40]!r}; GET /api/v1/mlalgorithmstatuses lists what there is."
        )


class SourceNotFound(NotFound):
    """What is to be registered is not there."""

    error = "Model not found"

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(f"There is no {what}; {advice}.")


class ModelRefused(Conflict):
    """The model cannot be served."""

    error = "Model refused"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what} is not registered: {reason}. Choose another model.")


class FileRefused(Invalid):
    """The file that was sent is no model that can be served."""

    error = "Model file refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The file is not registered: {reason}.", [{"field": "file", "reason": reason}])


class ExampleRefused(Invalid):
    """The input example is no row that the model takes."""

    error = "Input example refused"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The input example does not fit the features: {reason}.",
            [{"field": "input_example", "reason": reason}],
        )


class VersionTaken(Conflict):
    """Another model has this version already."""

    error = "Version taken"

    def __init__(self, endpoint: str, full_name: str) -> None:
        super().__init__(
            f"The endpoint {endpoint} has another model as {full_name}; choose another algorithm_version, or "
            "leave it out for the next number."
        )


class VersionInTest(Conflict):
    """The version takes part in an A/B test."""

    error = "Version in an A/B test"

    def __init__(self, full_name: str, abtest_id: int) -> None:
        super().__init__(
            f"{full_name} takes part in A/B test {abtest_id}; stop it first with "
            f"POST /api/v1/stop_ab_test/{abtest_id}."
        )


class TestRuns(Conflict):
    """An A/B test runs at the endpoint."""

    error = "A/B test runs"
    __test__ = False

    def __init__(self, endpoint: str, abtest_id: int) -> None:
        super().__init__(
            f"A/B test {abtest_id} runs at the endpoint {endpoint}; stop it first with "
            f"POST /api/v1/stop_ab_test/{abtest_id}."
        )


class StatusNeedsTest(Conflict):
    """The status is given by A/B tests alone."""

    error = "Status needs an A/B test"

    def __init__(self) -> None:
        super().__init__(
            "Versions are in ab_testing while an A/B test runs; begin one with POST /api/v1/abtests."
        )


class NothingToRollBackTo(Conflict):
    """No version was in production before."""

    error = "Nothing to roll back to"

    def __init__(self, endpoint: str) -> None:
        super().__init__(
            f"No version of the endpoint {endpoint} was in production before; set one with "
            "POST /api/v1/mlalgorithmstatuses."
        )


class ModelDoesNotAnswer(Conflict):
    """The stored model cannot be loaded, or fails on its own input example."""

    error = "Model does not answer"

    def __init__(self, full_name: str, reason: str) -> None:
        super().__init__(f"{full_name} gets no traffic: {reason}. Register the model again.")


class ModelTooLarge(Conflict):
    """The model is over the limit of what is stored."""

    error = "Model too large"

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"The model has {size} bytes, more than the {limit} of ML_MODEL_MAX_SERVED_MODEL_BYTES. "
            "Register a smaller one."
        )
