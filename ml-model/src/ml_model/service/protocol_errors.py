"""What can be wrong with a request in one of the ecosystem's protocols."""

from collections.abc import Sequence
from typing import Any

from ml_model.serving.rows import RowFault
from servicekit.errors import Conflict, Invalid

INVOCATIONS_SETTING = "ML_MODEL_INVOCATIONS_ENDPOINT"


class InputNotTaken(Invalid):
    """Tensors or a table that cannot be read, or that the model does not take."""

    error = "Invalid input"

    def __init__(self, faults: Sequence[RowFault]) -> None:
        listed = "; ".join(_told(fault) for fault in faults[:5])
        super().__init__(f"Correct the input: {listed}.", [_detail(fault) for fault in faults])


class UnknownOutput(Invalid):
    """An output was asked for that the model does not give."""

    error = "Unknown output"

    def __init__(self, unknown: Sequence[str], known: Sequence[str]) -> None:
        details = [{"field": "outputs", "unknown": name[:100], "known": list(known)} for name in unknown[:50]]
        super().__init__(f"This model gives: {', '.join(known)}.", details)


class NoInvocationsEndpoint(Conflict):
    """It is not clear which endpoint is to answer, or none can."""

    error = "No endpoint chosen"

    def __init__(self, served: Sequence[str]) -> None:
        if served:
            advice = (
                f"Name one with ?endpoint= or in the setting {INVOCATIONS_SETTING}: {', '.join(served[:50])}."
            )
            message = f"Several endpoints serve a model. {advice}"
        else:
            message = "No endpoint serves a model; register one with POST /api/v1/mlalgorithms."
        super().__init__(message, [{"field": "endpoint", "known": list(served[:50])}])


def _told(fault: RowFault) -> str:
    place = "" if fault.row is None else f"row {fault.row}: "
    return f"{place}{fault.field} {fault.reason}"


def _detail(fault: RowFault) -> dict[str, Any]:
    place = {} if fault.row is None else {"row": fault.row}
    return {"field": fault.field, **place, "reason": fault.reason, "type": fault.type}
