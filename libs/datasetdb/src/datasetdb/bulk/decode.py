"""Rows as PostgreSQL's binary COPY writes them, read by whole columns.

Source: PostgreSQL documentation, COPY, «Binary Format». A row is one message of the protocol («Message
Flow», COPY: the server sends one CopyData for each row), so its size is known without parsing it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from datasetdb.bulk.encode import Bytes, Fields, Floats, Integers
from servicekit.copying import HEADER, TRAILER

FLUSH_BYTES = 8 << 20
_ARRAY_HEADER_BYTES = 24
_INDEX: Fields = [("fields", ">i2"), ("index_size", ">i4"), ("index", ">i8")]
_VALUE: Fields = [("value_size", ">i4"), ("value", ">f8")]
_TEXT = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class Rows:
    """In ascending sample_index: index (n,), values (k, n), a dictionary array (n,) for each label."""

    index: Integers
    values: Floats
    labels: list[pa.ChunkedArray]


class RowReader:
    """Collects rows into columns; give `write` to COPY.

    Memory: the finished columns twice, and FLUSH_BYTES of rows.
    """

    def __init__(self, fixed: Fields, labels: int = 0) -> None:
        self._fixed = np.dtype(fixed)
        self._rows = bytearray()
        self._sizes: list[int] = []
        self._started = False
        self._index: list[Integers] = []
        self._values: list[Floats] = []
        self._labels: list[list[pa.Array]] = [[] for _ in range(labels)]

    @classmethod
    def of_features(cls, numbers: int, labels: int) -> "RowReader":
        """Read rows of (sample_index, numbers without NULL, labels); an array of no elements is left out."""
        array: Fields = [
            ("array_header", f"V{_ARRAY_HEADER_BYTES}"),
            ("values", np.dtype((np.dtype(_VALUE), (numbers,)))),
        ]
        return cls([*_INDEX, *array] if numbers else _INDEX, labels)

    @classmethod
    def of_values(cls) -> "RowReader":
        """Read rows of (sample_index, value)."""
        return cls([*_INDEX, ("values", np.dtype((np.dtype(_VALUE), (1,))))])

    def write(self, row: bytes) -> None:
        """Take one row; the first message carries the header before it."""
        if not self._started:
            self._started = True
            row = row[len(HEADER) :]
        if not row or row == TRAILER:
            return
        self._rows += row
        self._sizes.append(len(row))
        if len(self._rows) >= FLUSH_BYTES:
            self._flush()

    def finish(self) -> Rows:
        """Return what was collected."""
        self._flush()
        labels = [pa.chunked_array(chunks, type=_TEXT).unify_dictionaries() for chunks in self._labels]
        index = np.concatenate(self._index) if self._index else np.empty(0, dtype=np.int64)
        values = np.concatenate(self._values, axis=1) if self._values else self._no_values(0)
        if (index[1:] > index[:-1]).all():
            return Rows(index, values, labels)
        order = np.argsort(index)
        return Rows(index[order], values[:, order], [label.take(order) for label in labels])

    def _flush(self) -> None:
        if not self._sizes:
            return
        data = np.frombuffer(bytes(self._rows), dtype=np.uint8)
        sizes = np.array(self._sizes, dtype=np.int64)
        self._rows.clear()
        self._sizes.clear()
        starts = np.cumsum(sizes) - sizes
        rows = _fixed_part(data, starts, self._fixed)
        self._index.append(rows["index"].astype(np.int64))
        self._values.append(self._values_of(rows))
        if self._labels:
            self._take_labels(data, starts + self._fixed.itemsize + _ARRAY_HEADER_BYTES)

    def _values_of(self, rows: npt.NDArray[np.void]) -> Floats:
        if "values" not in (self._fixed.names or ()):
            return self._no_values(len(rows))
        return rows["values"]["value"].T.astype(np.float64, order="C")

    def _no_values(self, rows: int) -> Floats:
        width = self._fixed["values"].shape[0] if "values" in (self._fixed.names or ()) else 0
        return np.empty((width, rows))

    def _take_labels(self, data: Bytes, position: Integers) -> None:
        for chunks in self._labels:
            sizes = _sizes_at(data, position)
            lengths = np.maximum(sizes, 0)
            chunks.append(_texts(data, position + 4, lengths, sizes >= 0).dictionary_encode())
            position = position + 4 + lengths


def _fixed_part(data: Bytes, starts: Integers, fixed: np.dtype[np.void]) -> npt.NDArray[np.void]:
    """View the first bytes of every row; they are copied only where rows differ in size."""
    if len(data) == len(starts) * fixed.itemsize:
        return data.view(fixed)
    matrix = data[starts[:, np.newaxis] + np.arange(fixed.itemsize)]
    return np.ascontiguousarray(matrix).view(fixed).reshape(len(starts))


def _sizes_at(data: Bytes, position: Integers) -> Integers:
    raw = np.ascontiguousarray(data[position[:, np.newaxis] + np.arange(4)])
    return raw.view(">i4").reshape(len(position)).astype(np.int64)


def _texts(data: Bytes, starts: Integers, lengths: Integers, present: npt.NDArray[np.bool_]) -> pa.Array:
    offsets = np.zeros(len(lengths) + 1, dtype=np.int32)
    np.cumsum(lengths, out=offsets[1:])
    gather = np.repeat(starts - offsets[:-1], lengths) + np.arange(offsets[-1])
    validity = np.packbits(present, bitorder="little")
    buffers = [pa.py_buffer(validity), pa.py_buffer(offsets), pa.py_buffer(data[gather])]
    return pa.Array.from_buffers(pa.string(), len(lengths), buffers)
