"""Rows as PostgreSQL's binary COPY reads them, built by whole columns.

Source: PostgreSQL documentation, COPY, «Binary Format»; array_recv in arrayfuncs.c for the arrays.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

BLOCK_ROWS = 1 << 14

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Fields = list[tuple[str, object]]

_FLOAT8_TYPE = 701
_TEXT_TYPE = 25
_KEY: Fields = [("fields", ">i2"), ("id_size", ">i4"), ("id", ">i8"), ("index_size", ">i4"), ("index", ">i8")]
_VALUE: Fields = [("value_size", ">i4"), ("value", ">f8")]
_NO_DIMENSION: Fields = [("size", ">i4"), ("dimensions", ">i4"), ("nulls", ">i4"), ("type", ">i4")]
_ONE_DIMENSION: Fields = [*_NO_DIMENSION, ("length", ">i4"), ("first", ">i4")]


@dataclass(frozen=True)
class SampleBlock:
    """Some samples: index (n,), numbers (n, k) with NaN where missing, a text array (n,) for each label."""

    index: Integers
    numbers: Floats
    labels: tuple[pa.Array, ...]


def spans(rows: int) -> Iterator[slice]:
    """Cut so many rows into blocks that are encoded one by one."""
    return (slice(start, start + BLOCK_ROWS) for start in range(0, rows, BLOCK_ROWS))


def value_rows(dataset_id: int, index: Integers, values: Floats) -> bytes:
    """Encode rows of (dataset_id, sample_index, value)."""
    rows = _keyed(dataset_id, index, 3, _VALUE)
    rows["value_size"] = 8
    rows["value"] = values
    return rows.tobytes()


def versioned_rows(dataset_id: int, index: Integers, values: Floats, version: str) -> bytes:
    """Encode rows of (dataset_id, sample_index, value, version)."""
    text = version.encode()
    rows = _keyed(dataset_id, index, 4, [*_VALUE, ("text_size", ">i4"), ("text", f"V{len(text)}")])
    rows["value_size"] = 8
    rows["value"] = values
    rows["text_size"] = len(text)
    rows["text"] = np.void(text)
    return rows.tobytes()


def sample_rows(dataset_id: int, block: SampleBlock) -> bytes:
    """Encode rows of (dataset_id, sample_index, numbers, labels)."""
    numbers, sizes = _number_rows(dataset_id, block)
    if not block.labels:
        return numbers.tobytes()
    parts = [_binary(numbers, sizes), *_label_parts(block.labels)]
    separator = pa.scalar(b"", pa.large_binary())
    return _joined(
        pc.binary_join_element_wise(*parts, separator, null_handling="replace", null_replacement=b"")
    )


def _joined(rows: pa.Array) -> bytes:
    """Take the values of a binary array, which lie one after the other in its last buffer."""
    size = pc.sum(pc.binary_length(rows)).as_py()
    return bytes(rows.buffers()[2].slice(0, size))


def _keyed(dataset_id: int, index: Integers, fields: int, rest: Fields) -> npt.NDArray[np.void]:
    rows = np.zeros(len(index), np.dtype([*_KEY, *rest]))
    rows["fields"] = fields
    rows["id_size"] = rows["index_size"] = 8
    rows["id"] = dataset_id
    rows["index"] = index
    return rows


def _number_rows(dataset_id: int, block: SampleBlock) -> tuple[Bytes, Integers]:
    """Encode all but the labels, which are an empty array if there are none; return bytes, row sizes."""
    width = block.numbers.shape[1]
    rows = _keyed(dataset_id, block.index, 4, _sample_fields(width, bool(block.labels)))
    present = ~np.isnan(block.numbers)
    _fill_array(rows["numbers"], _FLOAT8_TYPE, width, 4 * width + 8 * present.sum(axis=1))
    if not block.labels:
        _fill_array(rows["labels"], _TEXT_TYPE, 0, np.int64(0))
    if width:
        rows["values"]["value_size"] = np.where(present, 8, -1)
        rows["values"]["value"] = block.numbers
    return _without_missing(rows, present)


def _sample_fields(width: int, labelled: bool) -> Fields:
    head = _ONE_DIMENSION if width else _NO_DIMENSION
    fields: Fields = [("numbers", np.dtype(head))]
    if width:
        fields.append(("values", np.dtype((np.dtype(_VALUE), (width,)))))
    return fields if labelled else [*fields, ("labels", np.dtype(_NO_DIMENSION))]


def _fill_array(header: npt.NDArray[np.void], kind: int, length: int, payload: Integers | np.int64) -> None:
    header["size"] = payload + (20 if length else 12)
    header["type"] = kind
    if length:
        header["dimensions"] = 1
        header["length"] = length
        header["first"] = 1


def _without_missing(rows: npt.NDArray[np.void], present: npt.NDArray[np.bool_]) -> tuple[Bytes, Integers]:
    """Cut out the eight bytes of each value that is missing: its size of -1 stands alone."""
    matrix = rows.view(np.uint8).reshape(len(rows), rows.dtype.itemsize)
    sizes = rows.dtype.itemsize - 8 * (~present).sum(axis=1)
    if present.all():
        return matrix.reshape(-1), sizes
    # A mask of the rows' own layout, one byte for each of theirs: 0.0 is eight times zero.
    keep = np.ones(matrix.shape, dtype=np.uint8)
    keep.reshape(-1).view(rows.dtype)["values"]["value"][~present] = 0.0
    return matrix[keep.view(np.bool_)], sizes


def _label_parts(labels: tuple[pa.Array, ...]) -> list[pa.Array]:
    texts = [label.cast(pa.large_binary()) for label in labels]
    sizes = [pc.fill_null(pc.binary_length(text), -1).to_numpy(zero_copy_only=False) for text in texts]
    header = np.zeros(len(texts[0]), np.dtype(_ONE_DIMENSION))
    payload = np.sum([4 + np.maximum(size, 0) for size in sizes], axis=0, dtype=np.int64)
    _fill_array(header, _TEXT_TYPE, len(texts), payload)
    parts = [_fixed_width(header)]
    for text, size in zip(texts, sizes, strict=True):
        parts += [_fixed_width(size.astype(">i4")), text]
    return parts


def _fixed_width(rows: npt.NDArray[np.generic]) -> pa.Array:
    return _binary(rows.view(np.uint8), np.full(len(rows), rows.dtype.itemsize, dtype=np.int64))


def _binary(data: Bytes, sizes: Integers) -> pa.Array:
    offsets = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return pa.Array.from_buffers(
        pa.large_binary(), len(sizes), [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    )
