"""Some rows of a file, as the model takes them, and those that it cannot take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from ml_model.tabular.kinds import value_faults


@dataclass(frozen=True)
class Refused:
    """A row that cannot be predicted."""

    row: int
    line: int
    reason: str


@dataclass(frozen=True)
class Block:
    """Rows in the order of the file.

    Args:
        rows: int64 numbers of those that can be predicted; the first row of the file is 1.
        lines: int64, where they begin; for Parquet the same as the rows.
        columns: their features by name, of pyarrow's float64 or text.
        refused: the others.
        position: how much of the file was read, 0 to 1.
    """

    rows: np.ndarray
    lines: np.ndarray
    columns: pa.Table
    refused: list[Refused]
    position: float

    def __len__(self) -> int:
        """Count all rows."""
        return len(self.rows) + len(self.refused)

    @property
    def first_row(self) -> int:
        """Number the first row."""
        firsts = [int(self.rows[0])] if len(self.rows) else []
        return min([*firsts, *(one.row for one in self.refused)], default=1)


def plain(table: pa.Table, row: int, line: int, position: float) -> Block:
    """Return rows that follow each other, one in each line."""
    count = table.num_rows
    return Block(np.arange(row, row + count), np.arange(line, line + count), table, [], position)


def checked(kinds: Mapping[str, str], imputes: bool, block: Block) -> Block:
    """Set aside the rows of a block with a value that the model does not take."""
    faults = value_faults(block.columns, kinds, imputes)
    if not faults:
        return block
    found = [Refused(int(block.rows[at]), int(block.lines[at]), reason) for at, reason in faults.items()]
    keep = np.ones(len(block.rows), dtype=bool)
    keep[list(faults)] = False
    return Block(
        rows=block.rows[keep],
        lines=block.lines[keep],
        columns=block.columns.filter(pa.array(keep)),
        refused=sorted([*block.refused, *found], key=lambda one: one.row),
        position=block.position,
    )


def model_rows(columns: pa.Table, numeric: bool) -> Any:
    """Return what ServedModel.predict takes: float64[n, k], or a list of rows."""
    if not numeric:
        return [list(row) for row in zip(*(column.to_pylist() for column in columns.columns), strict=True)]
    matrix = np.empty((columns.num_rows, columns.num_columns))
    for place, column in enumerate(columns.columns):
        matrix[:, place] = column.to_numpy(zero_copy_only=False)
    return matrix
