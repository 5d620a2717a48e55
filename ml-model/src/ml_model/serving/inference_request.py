"""Requests of the Open Inference Protocol, without their tensors' contents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ml_model.serving.rows import RowFault, RowsRefused

SUBJECT = "subject"


@dataclass(frozen=True)
class InferenceRequest:
    """What is asked: tensors, the names of the outputs that are wanted (None: all), and parameters."""

    id: str | None
    inputs: Any
    outputs: tuple[str, ...] | None
    parameters: Mapping[str, Any]

    @property
    def subject(self) -> str | None:
        """Return whom the request is about: what keeps an A/B test's arm."""
        subject: str | None = self.parameters.get(SUBJECT)
        return subject

    @classmethod
    def read(cls, document: Any) -> "InferenceRequest":
        """Read a request from its JSON.

        Raises:
            RowsRefused
        """
        if not isinstance(document, Mapping):
            raise _refused("body", "must be an object")
        identifier = document.get("id")
        if identifier is not None and not isinstance(identifier, str):
            raise _refused("id", "must be text")
        parameters = _parameters(document.get("parameters"), "parameters")
        if not isinstance(parameters.get(SUBJECT), str | None):
            raise _refused(f"parameters.{SUBJECT}", "must be text")
        return cls(identifier, document.get("inputs"), _outputs(document.get("outputs")), parameters)


def _outputs(given: Any) -> tuple[str, ...] | None:
    if given is None:
        return None
    if not isinstance(given, list):
        raise _refused("outputs", "must be a list")
    for index, output in enumerate(given):
        name = output.get("name") if isinstance(output, Mapping) else None
        if not isinstance(name, str):
            raise _refused(f"outputs[{index}]", "must be an object with a name")
        _parameters(output.get("parameters"), f"outputs[{index}].parameters")
    return tuple(dict.fromkeys(output["name"] for output in given)) or None


def _parameters(given: Any, place: str) -> Mapping[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise _refused(place, "must be an object")
    return given


def _refused(field: str, reason: str) -> RowsRefused:
    return RowsRefused(RowFault(field, reason, "wrong_type"))
