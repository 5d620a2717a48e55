"""A file of history as columns, some rows at a time; reading runs nothing that the file holds."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from predictor.service.import_errors import TooManyRows, UnreadableFile, WrongColumns
from predictor.utils.features import NAMES

REQUIRED = ("query_hash", "window_start", "execution_time_ms")
COLUMNS = (*REQUIRED, "window_end", "calls", "database_name", "query", *NAMES)
TEXT_COLUMNS = ("database_name", "query")
ROWS_AT_ONCE = 20_000
MOST_UNPACKED_BYTES = 2 * 1024**3
PARQUET_MAGIC = b"PAR1"

Column: TypeAlias = list[str] | pa.Array
"""Texts, empty where unknown, or values of Arrow's types, null where unknown."""


@dataclass(frozen=True)
class Chunk:
    """Some rows that follow each other.

    Args:
        lines: int64, where each begins: the line of a CSV, whose header is line 1, or the row of a Parquet.
        columns: by name, each as long as `lines`.
    """

    lines: np.ndarray
    columns: dict[str, Column]


def read_chunks(raw: bytes, most_rows: int) -> Iterator[Chunk]:
    """Read a file, which is Parquet by its first bytes and CSV otherwise.

    Raises:
        UnreadableFile: damaged, not UTF-8, or rows with more or fewer fields than the header.
        WrongColumns: unknown, missing or repeated ones.
        TooManyRows
    """
    reader = _parquet_chunks if raw.startswith(PARQUET_MAGIC) else _csv_chunks
    return reader(raw, most_rows)


def _check_columns(names: Sequence[str]) -> None:
    faults = [(name, "is unknown") for name in names if name not in COLUMNS]
    faults += [(name, "is missing") for name in REQUIRED if name not in names]
    faults += [(name, "stands twice") for name in COLUMNS if names.count(name) > 1]
    if faults:
        raise WrongColumns(faults, COLUMNS)


def _csv_chunks(raw: bytes, most_rows: int) -> Iterator[Chunk]:
    rows = _csv_rows(_decoded(raw))
    _, header = next(rows, (1, []))
    names = [name.strip() for name in header]
    _check_columns(names)
    lines: list[int] = []
    records: list[list[str]] = []
    for number, (line, record) in enumerate(rows, 1):
        if number > most_rows:
            raise TooManyRows(most_rows)
        if len(record) != len(names):
            raise UnreadableFile(f"line {line} has {len(record)} fields, the header {len(names)}")
        lines.append(line)
        records.append(record)
        if len(records) == ROWS_AT_ONCE:
            yield _text_chunk(names, lines, records)
            lines, records = [], []
    if records:
        yield _text_chunk(names, lines, records)


def _text_chunk(names: list[str], lines: list[int], records: list[list[str]]) -> Chunk:
    columns = zip(names, zip(*records, strict=True), strict=True)
    return Chunk(np.array(lines, dtype=np.int64), {name: list(values) for name, values in columns})


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise UnreadableFile(f"line {line} is not UTF-8") from fault


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that is not blank with the line that it begins in."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader, None)
        except csv.Error as fault:
            raise UnreadableFile(f"line {line}: {fault}") from fault
        if record is None:
            return
        if record:
            yield line, record


def _parquet_chunks(raw: bytes, most_rows: int) -> Iterator[Chunk]:
    try:
        # Dictionaries are not unpacked, so that a text which is repeated takes its room once.
        names = parquet.read_schema(pa.BufferReader(raw)).names
        _check_columns(names)
        texts = [name for name in TEXT_COLUMNS if name in names]
        file = parquet.ParquetFile(pa.BufferReader(raw), read_dictionary=texts)
        _check_size(file.metadata, most_rows)
        first = 1
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE):
            lines = np.arange(first, first + batch.num_rows, dtype=np.int64)
            first += batch.num_rows
            yield Chunk(lines, dict(zip(batch.schema.names, batch.columns, strict=True)))
    except (pa.ArrowException, OSError, ValueError) as fault:
        raise UnreadableFile(str(fault).splitlines()[0][:200] if str(fault) else "damaged") from fault


def _check_size(metadata: parquet.FileMetaData, most_rows: int) -> None:
    if metadata.num_rows > most_rows:
        raise TooManyRows(most_rows)
    groups = range(metadata.num_row_groups)
    if sum(metadata.row_group(group).total_byte_size for group in groups) > MOST_UNPACKED_BYTES:
        raise UnreadableFile("it unpacks to more than 2 GiB")
