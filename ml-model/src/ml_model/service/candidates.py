"""Models on their way into the registry, tried before they are written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml_model.persistence.repository.artifacts import NewArtifact
from ml_model.service.registry_errors import ExampleRefused, FileRefused, ModelRefused
from ml_model.serving.answers import DamagedModel, Predicted
from ml_model.serving.compilation import compile_pipeline
from ml_model.serving.derivation import KnownInput, UnknownInput, derive
from ml_model.serving.onnx_upload import UploadRefused, examine
from ml_model.serving.served_model import ServedModel, load
from ml_model.serving.signature import InputRefused, InvalidSignature, Signature
from ml_model.utils.digest import sha256
from modelcatalogue.errors import UnreadableModel
from modelcatalogue.storage import loads

SKOPS = "skops"
ONNX = "onnx"
COMPILED = "compiled"


@dataclass(frozen=True)
class Candidate:
    """A model with everything that its row will hold; it was loaded and answered its example."""

    model: NewArtifact
    compiled: NewArtifact | None
    signature: Signature
    example: dict[str, Any]
    runtime: dict[str, Any]
    source: dict[str, Any]


def of_pipeline(what: str, data: bytes, known: KnownInput, source: dict[str, Any]) -> Candidate:
    """Make a candidate of a stored pipeline; `what` names it in messages.

    Raises:
        ModelRefused
    """
    try:
        pipeline = loads(data)
        derived = derive(pipeline, known)
        row = derived.signature.row(derived.example)
        compilation = compile_pipeline(pipeline, derived.signature, row, known.training)
    except (UnreadableModel, UnknownInput, InvalidSignature) as fault:
        raise ModelRefused(what, str(fault)) from fault
    except InputRefused as fault:
        raise ModelRefused(what, f"its input example is refused: {fault}") from fault
    compiled = None if compilation.content is None else _artifact(COMPILED, compilation.content)
    candidate = Candidate(
        _artifact(SKOPS, data), compiled, derived.signature, derived.example, compilation.runtime, source
    )
    try:
        tried(load(data, compilation.content, derived.signature.document()), derived.example)
    except (DamagedModel, InputRefused) as fault:
        raise ModelRefused(what, str(fault)) from fault
    return candidate


def of_onnx(
    content: bytes, signature: Signature, example: dict[str, Any], source: dict[str, Any]
) -> Candidate:
    """Make a candidate of an ONNX file that was sent.

    Raises:
        FileRefused, ExampleRefused
    """
    try:
        row = signature.row(example)
    except InputRefused as fault:
        raise ExampleRefused(str(fault)) from fault
    try:
        roles = examine(content, signature, row).to_bytes()
        tried(load(content, roles, signature.document()), example)
    except (UploadRefused, DamagedModel) as fault:
        raise FileRefused(fault.reason) from fault
    runtime = {"engine": "onnxruntime", "form": "onnx_file", "compared": "the file itself answers"}
    return Candidate(
        _artifact(ONNX, content), _artifact(COMPILED, roles), signature, example, runtime, source
    )


def tried(model: ServedModel, example: Mapping[str, Any]) -> Predicted:
    """Have a model answer its input example.

    Raises:
        InputRefused, DamagedModel
    """
    row: Sequence[Any] = model.signature.row(example)
    rows = np.array([row], dtype=np.float64) if model.signature.numeric else [row]
    predicted = model.predict(rows)
    if len(predicted.labels) != 1:
        raise DamagedModel(f"it gives {len(predicted.labels)} answers for its input example")
    return predicted


def _artifact(form: str, content: bytes) -> NewArtifact:
    return NewArtifact(sha256(content), form, content)
