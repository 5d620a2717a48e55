"""Whether bytes are an ONNX model that can be served for the features that it claims to take."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ml_model.serving.answers import DamagedModel, Predicted
from ml_model.serving.onnx_file import MATRIX_RANK, TYPES, OnnxFile, Roles
from ml_model.serving.onnx_session import open_session
from ml_model.serving.signature import Signature

STANDARD_DOMAINS = {"", "ai.onnx", "ai.onnx.ml"}
SEQUENCE_OF_MAPS = "seq(map("
NUMBERS = {"tensor(float)", "tensor(double)", "tensor(float16)"}
LABELS = {"tensor(int64)", "tensor(int32)", "tensor(string)", "tensor(bool)"}
SUM_TOLERANCE = 1e-4
TRIED_ROWS = 3


class UploadRefused(ValueError):
    """The file is no model that can be served; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def examine(content: bytes, signature: Signature, example: list[Any]) -> Roles:
    """Find the roles of a graph's inputs and outputs, and try it on rows like the example.

    Raises:
        UploadRefused
    """
    _check_document(content)
    try:
        session = open_session(content)
    except DamagedModel as fault:
        raise UploadRefused(fault.reason) from fault
    roles = _roles(session, signature)
    predicted = _tried(OnnxFile(session.run, roles, signature), signature, example)
    return replace(roles, probabilities=_are_probabilities(roles, predicted, signature))


def _check_document(content: bytes) -> None:
    import onnx  # noqa: PLC0415 - registration alone needs it
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        model = onnx.load_model_from_string(content)
    except (DecodeError, ValueError) as fault:
        raise UploadRefused("the file is no ONNX model") from fault
    if not model.graph.node or not model.opset_import:
        raise UploadRefused("the file is no ONNX model: it has no nodes")
    domains = {each.domain for each in model.opset_import} | {each.domain for each in model.functions}
    strange = sorted(domains - STANDARD_DOMAINS)
    if strange:
        raise UploadRefused(f"it needs operators of {', '.join(strange)[:100]}; only ONNX's own are run")
    if any(_outside(tensor) for tensor in _tensors(model.graph)):
        raise UploadRefused("it keeps weights in another file; put them into the model")
    try:
        onnx.checker.check_model(model)
    except Exception as fault:  # the checker's own exception, and what protobuf raises under it
        raise UploadRefused(f"the file is no valid ONNX model: {_first_line(fault)}") from fault


def _outside(tensor: Any) -> bool:
    return bool(tensor.data_location or tensor.external_data)


def _tensors(graph: Any) -> Iterator[Any]:
    """Walk through all constants of a graph and of the graphs inside it."""
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            yield from (attribute.t, *attribute.tensors)
            for inner in (attribute.g, *attribute.graphs):
                if inner.node:
                    yield from _tensors(inner)


def _first_line(fault: Exception) -> str:
    lines = str(fault).strip().splitlines()
    return lines[0][:200] if lines else type(fault).__name__


def _roles(session: Any, signature: Signature) -> Roles:
    inputs = session.get_inputs()
    unknown = [each.type for each in inputs if each.type not in TYPES]
    if unknown:
        raise UploadRefused(f"an input is of type {unknown[0]}; numbers or text are needed")
    ranks = {len(each.shape) for each in inputs}
    if any(isinstance(each.shape[0], int) for each in inputs if each.shape):
        raise UploadRefused("its inputs have a fixed number of rows; export it with a free first dimension")
    width = len(signature.fields)
    outputs = _outputs(session)
    if len(inputs) == 1 and ranks == {MATRIX_RANK}:
        given = inputs[0].shape[1]
        if isinstance(given, int) and given != width:
            raise UploadRefused(f"it takes {given} features, and {width} are described")
        if given == width or width > 1 or inputs[0].name not in signature.names:
            return Roles((inputs[0].name,), (inputs[0].type,), MATRIX_RANK, columns=False, **outputs)
    by_name = {each.name: each for each in inputs}
    scalar = all(len(each.shape) == 1 or each.shape[1:] == [1] for each in inputs)
    if set(by_name) != set(signature.names) or not scalar or len(ranks) != 1:
        raise UploadRefused(
            f"it takes the inputs {_shapes(inputs)}; one matrix of {width} columns is needed, or an input of "
            f"one column for each of the features described: {', '.join(signature.names[:20])}"
        )
    types = tuple(by_name[name].type for name in signature.names)
    return Roles(signature.names, types, ranks.pop(), columns=True, **outputs)


def _shapes(inputs: Any) -> str:
    return ", ".join(f"{each.name}{list(each.shape)}" for each in inputs[:20])


def _outputs(session: Any) -> dict[str, Any]:
    """Find which output is the label and which the scores."""
    labels = scores = None
    mapped = False
    for output in session.get_outputs():
        if output.type in LABELS and labels is None:
            labels = output.name
        elif output.type in NUMBERS and scores is None:
            scores = output.name
        elif output.type.startswith(SEQUENCE_OF_MAPS) and scores is None:
            scores, mapped = output.name, True
    if labels is None and scores is None:
        raise UploadRefused("it has no output that is a label, probabilities or scores")
    return {"labels": labels, "scores": scores, "mapped": mapped, "probabilities": False}


def _tried(model: OnnxFile, signature: Signature, example: list[Any]) -> Predicted:
    rows: Any = [list(example) for _ in range(TRIED_ROWS)]
    if signature.numeric:
        rows = np.array(rows, dtype=np.float64)
    try:
        predicted = model.answer(rows)
        scores = model.scores_of(rows)
    except DamagedModel as fault:
        raise UploadRefused(fault.reason) from fault
    except Exception as fault:  # ONNX Runtime's exceptions share no base
        raise UploadRefused(f"it fails on the input example: {_first_line(fault)}") from fault
    if signature.classes is not None:
        strange = [label for label in predicted.labels if label not in signature.classes]
        if strange:
            raise UploadRefused(f"it answers {strange[0]!r}, which is none of the classes described")
        if scores is not None and scores.shape[1] not in {1, len(signature.classes)}:
            raise UploadRefused(
                f"it gives {scores.shape[1]} scores for {len(signature.classes)} classes described"
            )
    return Predicted(predicted.labels, scores)


def _are_probabilities(roles: Roles, predicted: Predicted, signature: Signature) -> bool:
    scores = predicted.probabilities
    if scores is None or signature.classes is None:
        return False
    within = bool(((scores >= -SUM_TOLERANCE) & (scores <= 1 + SUM_TOLERANCE)).all())
    if scores.shape[1] == 1:
        return within and roles.labels is not None
    return within and bool(np.allclose(scores.sum(axis=1), 1.0, atol=SUM_TOLERANCE))
