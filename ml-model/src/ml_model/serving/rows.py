"""Many rows at once, put into a model's order and checked against its signature as a whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml_model.serving.signature import (
    LOUD_ECHO_CHARACTERS,
    MOST_EXACT_INTEGER,
    MOST_FAULTS,
    InputRefused,
    Signature,
)

Rows = np.ndarray | list[list[Any]]

PLAIN_TYPES = frozenset({float, int, type(None)})


@dataclass(frozen=True)
class RowFault:
    """What is wrong with one value, one column or one tensor; `row` counts from 0."""

    field: str
    reason: str
    type: str
    row: int | None = None


class RowsRefused(ValueError):
    """Rows that the model cannot take, or that cannot be read; `faults` has the first of them."""

    def __init__(self, *faults: RowFault) -> None:
        self.faults = faults[:MOST_FAULTS]
        super().__init__("; ".join(f"{fault.field}: {fault.reason}" for fault in faults[:5]))


def check_names(names: Iterable[Any], signature: Signature) -> None:
    """Check that columns are the model's features, each once, and all of them unless it imputes.

    Raises:
        RowsRefused
    """
    given = [name if isinstance(name, str) else repr(name) for name in names]
    known = set(signature.names)
    faults = [
        RowFault(name[:LOUD_ECHO_CHARACTERS], "is no feature of this model", "unknown")
        for name in given
        if name not in known
    ]
    present = set(given)
    if len(present) < len(given):
        faults.append(RowFault("columns", "a feature occurs more than once", "repeated"))
    if not signature.imputes:
        faults += [
            RowFault(name, "is missing, and this model fills nothing in", "missing")
            for name in signature.names
            if name not in present
        ]
    if faults:
        raise RowsRefused(*faults)


def from_values(values: Sequence[Any], count: int, signature: Signature) -> Rows:
    """Read row-major values in the model's order; None is what is missing.

    Raises:
        RowsRefused
    """
    width = len(signature.fields)
    if signature.numeric and set(map(type, values)) <= PLAIN_TYPES:
        matrix = _float_matrix(values, count, width)
        if matrix is not None:
            return checked(matrix, signature)
    rows = (values[start : start + width] for start in range(0, count * width, width))
    return from_named_rows((dict(zip(signature.names, row, strict=True)) for row in rows), signature)


def from_columns(columns: Mapping[str, Sequence[Any] | np.ndarray], count: int, signature: Signature) -> Rows:
    """Read named columns of `count` values each; what is missing in them or altogether is None or NaN.

    Raises:
        RowsRefused
    """
    check_names(columns, signature)
    if signature.numeric and all(_is_plain(column) for column in columns.values()):
        matrix = np.full((count, len(signature.fields)), np.nan)
        try:
            for position, name in enumerate(signature.names):
                if name in columns:
                    matrix[:, position] = np.asarray(columns[name], dtype=np.float64)
        except OverflowError:
            pass
        else:
            return checked(matrix, signature)
    listed = {name: _listed(column) for name, column in columns.items()}
    rows = (dict(zip(listed, row, strict=True)) for row in zip(*listed.values(), strict=True))
    return from_named_rows(rows, signature)


def from_named_rows(rows: Iterable[Mapping[str, Any]], signature: Signature) -> Rows:
    """Read rows one after the other; each fault tells its row.

    Raises:
        RowsRefused
    """
    read: list[list[Any]] = []
    faults: list[RowFault] = []
    for number, row in enumerate(rows):
        try:
            read.append(signature.row(row))
        except InputRefused as refused:
            faults += [RowFault(each.field, each.reason, each.type, number) for each in refused.faults]
            if len(faults) >= MOST_FAULTS:
                break
    if faults:
        raise RowsRefused(*faults)
    return np.array(read, dtype=np.float64) if signature.numeric else read


def checked(matrix: np.ndarray, signature: Signature) -> np.ndarray:
    """Return a matrix in the model's order, NaN for what is missing, when the model can take all of it.

    Raises:
        RowsRefused
    """
    good = _acceptable(matrix, signature)
    if good.all():
        return matrix
    numbers = np.flatnonzero(~good.all(axis=1))[:MOST_FAULTS]
    faults: list[RowFault] = []
    for number in numbers.tolist():
        values = (None if np.isnan(value) else value for value in matrix[number].tolist())
        try:
            signature.row(dict(zip(signature.names, values, strict=True)))
        except InputRefused as refused:
            faults += [RowFault(each.field, each.reason, each.type, number) for each in refused.faults]
    raise RowsRefused(*faults)


def _acceptable(matrix: np.ndarray, signature: Signature) -> np.ndarray:
    good: np.ndarray = np.isfinite(matrix)
    if signature.imputes:
        good |= np.isnan(matrix)
    for position, field in enumerate(signature.fields):
        if field.kind == "float" and not signature.bounds_enforced:
            continue
        column = matrix[:, position]
        fits = np.isnan(column)
        if field.kind == "boolean":
            fits |= (column == 0) | (column == 1)
        elif field.kind == "integer":
            fits |= (column == np.floor(column)) & (np.abs(column) <= MOST_EXACT_INTEGER)
        else:
            fits |= np.isfinite(column)
        if signature.bounds_enforced:
            low = -np.inf if field.minimum is None else field.minimum
            high = np.inf if field.maximum is None else field.maximum
            fits &= np.isnan(column) | ((column >= low) & (column <= high))
        good[:, position] &= fits
    return good


def _float_matrix(values: Sequence[Any], count: int, width: int) -> np.ndarray | None:
    try:
        return np.array(values, dtype=np.float64).reshape(count, width)
    except OverflowError:
        return None


def _is_plain(column: Sequence[Any] | np.ndarray) -> bool:
    return isinstance(column, np.ndarray) or set(map(type, column)) <= PLAIN_TYPES


def _listed(column: Sequence[Any] | np.ndarray) -> Sequence[Any]:
    if not isinstance(column, np.ndarray):
        return column
    return [None if value != value else value for value in column.tolist()]  # noqa: PLR0124 - NaN
