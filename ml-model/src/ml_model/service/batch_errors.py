"""What can be wrong with a batch."""

from collections.abc import Sequence

from ml_model.tabular.faults import FileRefused
from servicekit.errors import Conflict, Invalid, NotFound


class BatchFileRefused(Invalid):
    """No row of the file can be read."""

    error = "File refused"

    def __init__(self, fault: FileRefused) -> None:
        super().__init__(fault.message, fault.details)


class EndpointMissing(Invalid):
    """No endpoint was named, and there is not exactly one."""

    error = "Endpoint missing"

    def __init__(self, known: Sequence[str]) -> None:
        listed = ", ".join(known[:20]) or "none yet; POST /api/v1/mlalgorithms registers a version"
        super().__init__(f"Name the endpoint with ?endpoint=; there are: {listed}.")


class BatchNotFound(NotFound):
    """No batch has this id."""

    error = "Batch not found"

    def __init__(self, batch_id: int) -> None:
        super().__init__(f"There is no batch {batch_id}; GET /api/v1/batches lists them.")


class BatchNotCompleted(Conflict):
    """The batch has no whole result."""

    error = "Batch not completed"

    def __init__(self, batch_id: int, status: str, reason: str | None) -> None:
        ended = status in ("failed", "cancelled")
        advice = f"send the file again ({reason or status})" if ended else "ask again when it is completed"
        super().__init__(f"Batch {batch_id} is {status}; {advice}.")


class BatchEnded(Conflict):
    """The batch has ended and cannot be cancelled."""

    error = "Batch ended"

    def __init__(self, batch_id: int, status: str) -> None:
        super().__init__(f"Batch {batch_id} is {status} already; there is nothing to cancel.")


class BatchBrokenOff(Conflict):
    """The batch was ended while it was answered."""

    error = "Batch broken off"

    def __init__(self, batch_id: int) -> None:
        super().__init__(f"Batch {batch_id} was ended by another call while it was answered.")
