"""The binary tensor extension: tensors behind the JSON of a request, little-endian and row-major."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ml_model.serving.rows import RowFault, RowsRefused
from ml_model.serving.tensors import BOOL, BYTES, FLOATS, INTEGERS

SIZE = "binary_data_size"
_LENGTH_BYTES = 4


def with_binary_data(document: Any, appendix: bytes) -> Any:
    """Put the bytes behind a request's JSON into its tensors as `data`.

    Raises:
        RowsRefused: the sizes do not fit the bytes or the datatypes.
    """
    inputs = document.get("inputs") if isinstance(document, Mapping) else None
    if not isinstance(inputs, list):
        return document
    offset = 0
    filled = []
    for index, tensor in enumerate(inputs):
        size = _size(tensor, f"inputs[{index}]")
        if size is None:
            filled.append(tensor)
            continue
        filled.append({**tensor, "data": _read(tensor, appendix[offset : offset + size], size, index)})
        offset += size
    if offset != len(appendix):
        reason = f"the tensors claim {offset} bytes, and {len(appendix)} were sent behind the JSON"
        raise RowsRefused(RowFault("inputs", reason, "shape"))
    return {**document, "inputs": filled}


def _size(tensor: Any, place: str) -> int | None:
    parameters = tensor.get("parameters") if isinstance(tensor, Mapping) else None
    size = parameters.get(SIZE) if isinstance(parameters, Mapping) else None
    if size is not None and (type(size) is not int or size < 0 or "data" in tensor):
        raise _refused(place, "must be a number of bytes, and then there is no member data")
    return size


def _read(tensor: Mapping[str, Any], raw: bytes, size: int, index: int) -> Any:
    place, datatype = f"inputs[{index}]", tensor.get("datatype")
    if len(raw) != size:
        raise _refused(place, f"claims {size} bytes, and {len(raw)} are left")
    if datatype == BYTES:
        return list(_texts(raw, place))
    kind = {BOOL: np.bool_, **INTEGERS, **FLOATS}.get(datatype) if isinstance(datatype, str) else None
    if kind is None:
        return []
    plain = np.dtype(kind).newbyteorder("<")
    if size % plain.itemsize:
        raise _refused(place, f"must be a multiple of {plain.itemsize} for {datatype}")
    return np.frombuffer(raw, dtype=plain).astype(np.float64)


def _texts(raw: bytes, place: str) -> Iterator[str]:
    offset = 0
    while offset < len(raw):
        start = offset + _LENGTH_BYTES
        offset = start + int.from_bytes(raw[offset:start], "little")
        if offset > len(raw):
            raise _refused(place, "a text is longer than the bytes that are left")
        try:
            text = raw[start:offset].decode()
        except UnicodeDecodeError as fault:
            raise _refused(place, "a text is not UTF-8") from fault
        if "\x00" in text:
            raise _refused(place, "a text has a NUL character")
        yield text


def _refused(place: str, reason: str) -> RowsRefused:
    return RowsRefused(RowFault(f"{place}.parameters.{SIZE}", reason, "shape"))
