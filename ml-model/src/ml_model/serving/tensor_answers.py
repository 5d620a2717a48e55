"""What a model gives, as tensors of the Open Inference Protocol."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ml_model.serving.signature import Field, Signature
from ml_model.serving.tensors import BOOL, BYTES

PREDICT = "predict"
PROBABILITIES = "probabilities"

_OF_KIND = {"float": "FP64", "integer": "INT64", "boolean": BOOL, "category": BYTES}


def outputs_of(
    labels: Sequence[Any], probabilities: np.ndarray | None, classes: Sequence[Any] | None = None
) -> dict[str, dict[str, Any]]:
    """Return the output tensors by name: labels [n], and probabilities [n, c] where there are any.

    `classes` has every label there can be, where that is known.
    """
    datatype = label_datatype(labels if classes is None else classes)
    data = [str(label) for label in labels] if datatype == BYTES else list(labels)
    outputs: dict[str, dict[str, Any]] = {}
    outputs[PREDICT] = {"name": PREDICT, "shape": [len(data)], "datatype": datatype, "data": data}
    if probabilities is not None:
        outputs[PROBABILITIES] = {
            "name": PROBABILITIES,
            "shape": list(probabilities.shape),
            "datatype": "FP64",
            "data": np.ascontiguousarray(probabilities, dtype=np.float64).ravel(),
        }
    return outputs


def label_datatype(labels: Sequence[Any] | None) -> str:
    """Return the datatype of labels; that of numbers where there are none."""
    types = set(map(type, labels or ()))
    if types == {bool}:
        return BOOL
    if types == {int}:
        return "INT64"
    return "FP64" if types <= {int, float} else BYTES


def input_metadata(signature: Signature) -> list[dict[str, Any]]:
    """Describe a model's inputs: a tensor for each feature."""
    return [
        {
            "name": field.name,
            "datatype": _OF_KIND[field.kind],
            "shape": [-1, 1],
            "parameters": _facts(field, signature),
        }
        for field in signature.fields
    ]


def output_metadata(signature: Signature, *, with_probabilities: bool) -> list[dict[str, Any]]:
    """Describe a model's outputs; probabilities where it gives some."""
    labels = {"name": PREDICT, "datatype": label_datatype(signature.classes), "shape": [-1]}
    if signature.classes is None or not with_probabilities:
        return [labels]
    shape = [-1, len(signature.classes)]
    classes = {"classes": list(signature.classes)}
    return [labels, {"name": PROBABILITIES, "datatype": "FP64", "shape": shape, "parameters": classes}]


def example_row(signature: Signature) -> np.ndarray | list[list[Any]]:
    """Return one row that fits the signature, whatever it means."""
    row = [_example(field) for field in signature.fields]
    return np.array([row], dtype=np.float64) if signature.numeric else [row]


def _example(field: Field) -> Any:
    if field.kind == "category":
        return field.categories[0] if field.categories else ""
    return field.minimum or 0.0


def _facts(field: Field, signature: Signature) -> dict[str, Any]:
    facts = {"minimum": field.minimum, "maximum": field.maximum, "categories": field.categories}
    known = {name: value for name, value in facts.items() if value is not None}
    return {"optional": signature.imputes, **known}
