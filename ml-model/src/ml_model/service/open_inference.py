"""The Open Inference Protocol V2: what it asks of models, in its own words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from ml_model.service.protocol_errors import InputNotTaken, UnknownOutput
from ml_model.service.protocol_inference import Checked, Choice, ProtocolInference
from ml_model.serving.inference_request import InferenceRequest
from ml_model.serving.rows import Rows, RowsRefused
from ml_model.serving.served_model import ServedModel
from ml_model.serving.signature import InputRefused, Signature
from ml_model.serving.tensor_answers import (
    PREDICT,
    PROBABILITIES,
    example_row,
    input_metadata,
    output_metadata,
    outputs_of,
)
from ml_model.serving.tensors import rows_of
from servicekit import request_id

PLATFORMS = {"onnxruntime": "onnx_onnxv1", "scikit-learn": "sklearn_pipeline"}
READY = "READY"


@dataclass(frozen=True)
class ModelMetadata:
    """What a model takes and gives."""

    name: str
    versions: list[str]
    platform: str
    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]


@dataclass(frozen=True)
class IndexEntry:
    """One version in the repository, and whether it answers."""

    name: str
    version: str
    state: str
    reason: str


@dataclass(frozen=True)
class CheckedInference:
    """A request, and its rows as a version takes them."""

    request: InferenceRequest
    rows: Checked


class OpenInference:
    """Metadata, readiness, the index and inference."""

    def __init__(self, inference: ProtocolInference) -> None:
        self._inference = inference

    def check_ready(self) -> None:
        """Raise what keeps models from being found."""
        self._inference.endpoints()

    def check_model(self, name: str, version: str | None) -> None:
        """Raise what keeps a model from answering; loads it."""
        self._inference.loaded(name, version)

    def metadata(self, name: str, version: str | None) -> ModelMetadata:
        """Describe a model: the version that is named, or the one that would answer."""
        _, model = self._inference.loaded(name, version)
        return ModelMetadata(
            name=name,
            versions=[self._inference.caller_name(each) for each in self._inference.versions(name)],
            platform=PLATFORMS.get(model.engine, model.engine),
            inputs=input_metadata(model.signature),
            outputs=output_metadata(model.signature, with_probabilities=_gives_probabilities(model)),
        )

    def index(self) -> list[IndexEntry]:
        """List every version of every endpoint; each of them can answer, if only where it is named."""
        return [
            IndexEntry(endpoint, self._inference.caller_name(version), READY, _reason(version.status))
            for endpoint in self._inference.endpoints()
            for version in self._inference.versions(endpoint)
        ]

    def check(self, name: str, version: str | None, read: Callable[[], Any]) -> CheckedInference:
        """Read a request, whose JSON `read` gives, for the version that is meant; changes nothing.

        Raises:
            InputNotTaken, UnknownOutput
        """
        try:
            request = InferenceRequest.read(read())
        except RowsRefused as refused:
            raise InputNotTaken(refused.faults) from refused
        choice = Choice(name, version, request.subject)
        return CheckedInference(
            request, self._inference.check(choice, lambda signature: _rows(request, signature))
        )

    def answer(self, checked: CheckedInference) -> dict[str, Any]:
        """Answer a request with the response's JSON.

        Raises:
            UnknownOutput
        """
        request = checked.request
        outcome = self._inference.answer(checked.rows)
        inferred = outcome.inferred
        outputs = outputs_of(inferred.labels, inferred.probabilities, inferred.classes)
        return {
            "model_name": outcome.endpoint,
            "model_version": outcome.version,
            "id": request.id or request_id.current() or str(uuid4()),
            "parameters": {"request_ids": inferred.request_ids},
            "outputs": [outputs[wanted] for wanted in _wanted(request, outputs)],
        }


def _rows(request: InferenceRequest, signature: Signature) -> Rows:
    if signature.classes is None:
        _check_outputs(request, (PREDICT,))
    else:
        _check_outputs(request, (PREDICT, PROBABILITIES))
    return rows_of(request.inputs, signature)


def _wanted(request: InferenceRequest, outputs: dict[str, dict[str, Any]]) -> Sequence[str]:
    _check_outputs(request, tuple(outputs))
    return request.outputs or tuple(outputs)


def _check_outputs(request: InferenceRequest, known: Sequence[str]) -> None:
    unknown = [name for name in request.outputs or () if name not in known]
    if unknown:
        raise UnknownOutput(unknown, known)


def _reason(status: str | None) -> str:
    return f"has the status {status}" if status else "has no status: it answers only where it is named"


def _gives_probabilities(model: ServedModel) -> bool:
    try:
        return model.predict(example_row(model.signature)).probabilities is not None
    except InputRefused:
        return True
