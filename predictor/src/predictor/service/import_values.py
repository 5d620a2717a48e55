"""Columns of a file as arrays, with what cannot be read marked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from predictor.service.import_file import Column

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Values:
    """One column.

    Args:
        values: float64 or int64, n of them.
        known: bool; where not, the cell was empty and its value means nothing.
        bad: bool; where the cell holds something that is no such value.
    """

    values: np.ndarray
    known: np.ndarray
    bad: np.ndarray


def numbers(column: Column) -> Values:
    """Read finite numbers as float64."""
    if isinstance(column, pa.Array) and _is_numeric(column.type):
        known = _known(column)
        values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
        known &= ~np.isnan(values)  # writers that have no null write NaN
        return Values(np.where(known, values, np.nan), known, known & ~np.isfinite(values))
    written = texts(column)
    if written is None:
        return _none_readable(column, np.float64)
    return _parsed(written, _number, np.float64)


def whole_numbers(column: Column) -> Values:
    """Read whole numbers of 64 bit, exactly."""
    if isinstance(column, pa.Array) and pa.types.is_floating(column.type):
        return _whole_floats(numbers(column))
    if isinstance(column, pa.Array) and pa.types.is_integer(column.type):
        known = _known(column)
        values = column.fill_null(0).to_numpy(zero_copy_only=False)
        return Values(values.astype(np.int64), known, known & (values > np.iinfo(np.int64).max))
    written = texts(column)
    if written is None:
        return _none_readable(column, np.int64)
    return _parsed(written, _whole, np.int64)


def moments(column: Column) -> Values:
    """Read times as microseconds since 1970, UTC where no zone is told."""
    if isinstance(column, pa.Array) and pa.types.is_timestamp(column.type):
        known = _known(column)
        micros = column.cast(pa.timestamp("us", column.type.tz), safe=False).cast(pa.int64())
        return Values(micros.fill_null(0).to_numpy(zero_copy_only=False), known, np.zeros(len(column), bool))
    written = texts(column)
    if written is None:
        return _none_readable(column, np.int64)
    return _parsed(written, _moment, np.int64)


def texts(column: Column) -> list[str] | None:
    """Read texts, empty where unknown; None when the column holds something else."""
    if isinstance(column, list):
        return column
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_null(kind):
        return [""] * len(column)
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return None
    return ["" if value is None else value for value in column.to_pylist()]


def _is_numeric(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(
        types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind) or types.is_decimal(kind)
    )


def _known(column: pa.Array) -> np.ndarray:
    return np.asarray(column.is_valid().to_numpy(zero_copy_only=False), dtype=bool).copy()


def _none_readable(column: pa.Array, dtype: Any) -> Values:
    known = _known(column)
    return Values(np.zeros(len(column), dtype), known, known)


def _whole_floats(read: Values) -> Values:
    """Return whole numbers that a writer kept as floating point, which holds them up to 2^53 exactly."""
    fine = read.known & ~read.bad
    whole = fine & (np.abs(np.where(fine, read.values, 0)) <= 2**53) & (read.values == np.floor(read.values))
    return Values(np.where(whole, read.values, 0).astype(np.int64), read.known, read.known & ~whole)


def _parsed(cells: Sequence[str], parse: Callable[[str], float], dtype: Any) -> Values:
    known = np.fromiter(map(bool, cells), bool, len(cells))
    bad = np.zeros(len(cells), bool)
    values = np.zeros(len(cells), dtype)
    if dtype is np.float64:
        values[~known] = np.nan
    places = np.flatnonzero(known).tolist()
    try:
        values[known] = np.fromiter((parse(cells[place]) for place in places), dtype, len(places))
    except (ValueError, OverflowError):
        _parse_each(cells, places, parse, (values, bad))
    if dtype is np.float64:
        bad |= known & ~np.isfinite(values)
    return Values(values, known, bad)


def _parse_each(
    cells: Sequence[str],
    places: Sequence[int],
    parse: Callable[[str], float],
    into: tuple[np.ndarray, np.ndarray],
) -> None:
    """Read cells one by one into values, and mark those that cannot be read."""
    values, bad = into
    for place in places:
        try:
            values[place] = parse(cells[place])
        except (ValueError, OverflowError):
            bad[place] = True


def _number(text: str) -> float:
    if "_" in text:  # Python would take it
        raise ValueError
    return float(text)


def _whole(text: str) -> int:
    if "_" in text:
        raise ValueError
    return int(text)


def _moment(text: str) -> int:
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // _MICROSECOND
