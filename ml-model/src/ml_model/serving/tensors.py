"""Tensors of the Open Inference Protocol, read into rows of a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from ml_model.serving.rows import RowFault, Rows, RowsRefused, check_names, checked, from_columns, from_values
from ml_model.serving.signature import LOUD_ECHO_CHARACTERS, Signature

FLOATS: dict[str, Any] = {"FP16": np.float16, "FP32": np.float32, "FP64": np.float64}
INTEGERS: dict[str, Any] = {
    f"{sign}INT{bits}": np.dtype(f"{sign.lower()}int{bits}").type
    for sign in ("", "U")
    for bits in (8, 16, 32, 64)
}
BOOL = "BOOL"
BYTES = "BYTES"
DATATYPES = (BOOL, *INTEGERS, *FLOATS, BYTES)
CONTENT_TYPES = ("np", "pd", "str")
"""What MLServer's clients say of a tensor's meaning without changing how it is written."""

MATRIX_DIMENSIONS = 2


@dataclass(frozen=True)
class Tensor:
    """One tensor: float64 values with NaN for null, or texts."""

    name: str
    place: str
    shape: tuple[int, ...]
    values: np.ndarray | list[str | None]

    @property
    def rows(self) -> int:
        """Return how many rows it has."""
        return self.shape[0]


def rows_of(inputs: Any, signature: Signature) -> Rows:
    """Read one tensor [n, k] in the model's order, or a tensor [n] or [n, 1] for each feature by name.

    Args:
        inputs: the member `inputs` of a request; `data` may be a numpy array.
        signature: what the model takes.

    Raises:
        RowsRefused
    """
    if not isinstance(inputs, list) or not inputs:
        raise RowsRefused(RowFault("inputs", "must be a list of one or more tensors", "wrong_type"))
    tensors = [_tensor(each, f"inputs[{index}]") for index, each in enumerate(inputs)]
    if len(tensors) == 1 and _is_matrix(tensors[0], signature):
        return _matrix(tensors[0], signature)
    return _columns(tensors, signature)


def _is_matrix(tensor: Tensor, signature: Signature) -> bool:
    width = len(signature.fields)
    if tensor.shape[1:] == (width,):
        return True
    if tensor.name in signature.names and tensor.shape[1:] in {(), (1,)}:
        return False
    raise _refused(
        tensor.place,
        f"has shape {list(tensor.shape)}; this model takes one tensor [n, {width}], or tensors [n] or [n, 1] "
        "that bear the names of its features",
        "shape",
    )


def _matrix(tensor: Tensor, signature: Signature) -> Rows:
    if isinstance(tensor.values, np.ndarray) and signature.numeric:
        return checked(tensor.values.reshape(tensor.shape), signature)
    values = tensor.values if isinstance(tensor.values, list) else tensor.values.tolist()
    return from_values(values, tensor.rows, signature)


def _columns(tensors: Sequence[Tensor], signature: Signature) -> Rows:
    check_names([tensor.name for tensor in tensors], signature)
    count = tensors[0].rows
    for tensor in tensors:
        if tensor.shape[1:] not in {(), (1,)}:
            reason = f"has shape {list(tensor.shape)}; a feature's tensor is [n] or [n, 1]"
            raise _refused(tensor.place, reason, "shape")
        if tensor.rows != count:
            reason = f"has {tensor.rows} rows, and {tensors[0].place} has {count}"
            raise _refused(tensor.place, reason, "shape")
    return from_columns({tensor.name: tensor.values for tensor in tensors}, count, signature)


def _tensor(given: Any, place: str) -> Tensor:
    if not isinstance(given, Mapping):
        raise _refused(place, "must be an object", "wrong_type")
    missing = [member for member in ("name", "shape", "datatype", "data") if member not in given]
    if missing:
        raise RowsRefused(*(RowFault(f"{place}.{member}", "is missing", "missing") for member in missing))
    name, datatype = given["name"], given["datatype"]
    if not isinstance(name, str):
        raise _refused(f"{place}.name", "must be text", "wrong_type")
    if not isinstance(datatype, str) or datatype not in DATATYPES:
        raise _refused(f"{place}.datatype", f"must be one of: {', '.join(DATATYPES)}", "datatype")
    _check_parameters(given.get("parameters"), place)
    shape = _shape(given["shape"], place)
    return Tensor(name, place, shape, _values(given["data"], datatype, shape, place))


def _check_parameters(parameters: Any, place: str) -> None:
    if parameters is None:
        return
    if not isinstance(parameters, Mapping):
        raise _refused(f"{place}.parameters", "must be an object", "wrong_type")
    hint = parameters.get("content_type")
    if hint is not None and hint not in CONTENT_TYPES:
        known = ", ".join(CONTENT_TYPES)
        raise _refused(f"{place}.parameters.content_type", f"must be one of: {known}", "content_type")


def _shape(given: Any, place: str) -> tuple[int, ...]:
    if not isinstance(given, list) or any(type(size) is not int for size in given):
        raise _refused(f"{place}.shape", "must be a list of whole numbers", "wrong_type")
    if not 1 <= len(given) <= MATRIX_DIMENSIONS:
        raise _refused(f"{place}.shape", f"must have one or two dimensions, not {len(given)}", "shape")
    if min(given) < 1:
        raise _refused(f"{place}.shape", "every dimension must be 1 or more", "shape")
    return tuple(given)


def _values(data: Any, datatype: str, shape: tuple[int, ...], place: str) -> np.ndarray | list[str | None]:
    if not isinstance(data, list | np.ndarray):
        raise _refused(f"{place}.data", "must be a list", "wrong_type")
    flat = data if isinstance(data, np.ndarray) else _flattened(data, shape, place)
    wanted = int(np.prod(shape, dtype=object))
    if len(flat) != wanted:
        reason = f"has {len(flat)} elements, and shape {list(shape)} needs {wanted}"
        raise _refused(f"{place}.data", reason, "shape")
    if datatype == BYTES:
        return _texts(flat, place)
    return _numbers(flat, datatype, place)


def _flattened(data: list[Any], shape: tuple[int, ...], place: str) -> list[Any]:
    """Give row-major elements of data that are flat already, or nested as the shape says."""
    if not data or type(data[0]) is not list:
        return data
    level = [data]
    for size in shape:
        if any(type(part) is not list or len(part) != size for part in level):
            raise _refused(f"{place}.data", f"is not nested as shape {list(shape)} says", "shape")
        level = list(chain.from_iterable(level))
    return level


def _texts(flat: list[Any] | np.ndarray, place: str) -> list[str | None]:
    listed = list(flat)
    if not set(map(type, listed)) <= {str, type(None)}:
        raise _refused(f"{place}.data", "BYTES elements must be text", "wrong_type")
    return listed


def _numbers(flat: list[Any] | np.ndarray, datatype: str, place: str) -> np.ndarray:
    allowed = {bool, int, type(None)} if datatype == BOOL else {int, float, type(None)}
    if isinstance(flat, list) and not set(map(type, flat)) <= allowed:
        what = "true or false" if datatype == BOOL else "numbers"
        raise _refused(f"{place}.data", f"{datatype} elements must be {what}", "wrong_type")
    try:
        values = np.asarray(flat, dtype=np.float64)
    except OverflowError as fault:
        raise _refused(f"{place}.data", "has a number that is too large", "out_of_range") from fault
    if datatype in FLOATS:
        with np.errstate(over="ignore", invalid="ignore"):
            return values.astype(FLOATS[datatype], copy=False).astype(np.float64, copy=False)
    _check_whole(values, datatype, place)
    return values


def _check_whole(values: np.ndarray, datatype: str, place: str) -> None:
    present = values[~np.isnan(values)]
    limits = np.iinfo(INTEGERS[datatype]) if datatype in INTEGERS else None
    low, high = (0, 1) if limits is None else (limits.min, limits.max)
    if not np.all((present >= low) & (present <= high) & (present == np.floor(present))):
        reason = f"{datatype} elements must be whole numbers between {low} and {high}"
        raise _refused(f"{place}.data", reason, "out_of_range")


def _refused(field: str, reason: str, kind: str) -> RowsRefused:
    return RowsRefused(RowFault(field[:LOUD_ECHO_CHARACTERS], reason, kind))
