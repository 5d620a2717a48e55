"""Records among which some are broken: halved until the broken ones are alone, then read one by one."""

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from ml_model.tabular.block import Block, Refused, plain
from ml_model.tabular.kinds import IN_WORDS
from ml_model.tabular.pieces import end_of_records

if TYPE_CHECKING:
    from ml_model.tabular.csv_file import CsvFile

SMALL_BYTES = 16 * 1024
MISSING = {"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "#N/A", "n/a", "-NaN", "-nan", "<NA>"}
TRUE, FALSE = {"1", "true", "True", "TRUE"}, {"0", "false", "False", "FALSE"}
csv.field_size_limit(16 * 1024 * 1024)


def careful(file: "CsvFile", piece: bytes, row: int, line: int, position: float) -> Iterator[Block]:
    """Give the records of a piece that could not be read at once."""
    middle = end_of_records(piece[: len(piece) // 2]) if len(piece) > SMALL_BYTES else 0
    if not middle:
        yield _one_by_one(file, piece, row, line, position)
        return
    for half in (piece[:middle], piece[middle:]):
        table = file.quick(half)
        if table is not None:
            blocks: Iterator[Block] = iter([file.checked(plain(table, row, line, position))])
        else:
            blocks = careful(file, half, row, line, position)
        for block in blocks:
            row += len(block)
            yield block
        line += half.count(b"\n")


def _one_by_one(file: "CsvFile", piece: bytes, row: int, line: int, position: float) -> Block:
    places, kinds, width = file.places, file.choice.kinds, len(file.header)
    kept: list[list[Any]] = []
    rows, lines, refused = [], [], []
    for at, record, broken in _records(piece, line):
        reason = broken
        if broken is None and len(record) != width:
            reason = f"has {len(record)} values instead of {width}"
        values: list[Any] = []
        if reason is None:
            values, reason = _values(record, places, kinds)
        if reason is None:
            kept.append(values)
            rows.append(row)
            lines.append(at)
        else:
            refused.append(Refused(row, at, reason))
        row += 1
    columns = list(zip(*kept, strict=True)) or [() for _ in places]
    table = pa.table(
        {
            name: pa.array(column, pa.string() if kinds[name] == "category" else pa.float64())
            for name, column in zip(places, columns, strict=True)
        }
    )
    return file.checked(Block(np.array(rows, np.int64), np.array(lines, np.int64), table, refused, position))


def _records(piece: bytes, line: int) -> Iterator[tuple[int, list[str], str | None]]:
    """Give each record with the line at which it begins, and what is wrong with its form."""
    reader = csv.reader(io.StringIO(piece.decode(errors="replace"), newline=""), strict=True)
    while True:
        at = line + reader.line_num
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            yield at, [], f"cannot be read: {fault}"
            continue
        if record:
            yield at, record, None


def _values(record: list[str], places: dict[str, int], kinds: dict[str, str]) -> tuple[list[Any], str | None]:
    values, wrong = [], []
    for name, place in places.items():
        try:
            values.append(_value(record[place], kinds[name]))
        except ValueError:
            wrong.append(f"{name} is not {IN_WORDS[kinds[name]]}")
    return values, "; ".join(wrong[:5]) or None


def _value(text: str, kind: str) -> Any:
    stripped = text.strip()
    if "\ufffd" in text:
        raise ValueError("not UTF-8")
    if stripped in MISSING:
        return None
    if kind == "category":
        return text
    if kind == "boolean":
        if stripped not in TRUE | FALSE:
            raise ValueError(text)
        return float(stripped in TRUE)
    if "_" in stripped:  # which Python takes for a number
        raise ValueError(text)
    return float(stripped)
