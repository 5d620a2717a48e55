"""What can be wrong with a prediction."""

from collections.abc import Sequence

from ml_model.serving.signature import InputFault
from servicekit.errors import Invalid, ServiceError


class InvalidInput(Invalid):
    """The values are not those that the model takes."""

    error = "Invalid input"

    def __init__(self, version: str, faults: Sequence[InputFault]) -> None:
        listed = "; ".join(f"{fault.field} {fault.reason}" for fault in faults[:5])
        more = f" (and {len(faults) - 5} more, see details)" if len(faults) > 5 else ""
        super().__init__(
            f"Correct the input of {version}: {listed}{more}.", [vars(fault) for fault in faults]
        )


class ServedModelDamaged(ServiceError):
    """The stored model cannot be loaded."""

    error = "Stored model damaged"

    def __init__(self, version: str, reason: str) -> None:
        super().__init__(f"The version {version} cannot be used: {reason}; register it again.")


class PredictionFailed(ServiceError):
    """The model itself failed on a row that it should take."""

    error = "Prediction failed"

    def __init__(self, version: str, request_id: str) -> None:
        super().__init__(
            f"The version {version} could not predict this row, which was kept as request {request_id}."
        )
