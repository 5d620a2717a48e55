"""What a frame must be before any of it is sent."""

import numpy as np
import pandas as pd

from datasetdb.bulk.encode import Floats, Integers
from datasetdb.bulk.features import floats
from datasetdb.errors import ColumnsMismatch, DuplicateSampleIndex, InvalidColumn, InvalidSampleIndex
from datasetdb.schema import Column, SourceSchema

LARGEST_INTEGER = 2**53 - 1
LONGEST_LABEL = 1_000
_NUMBERS = {"floating", "integer", "mixed-integer-float", "boolean", "decimal", "empty"}


def checked_index(index: pd.Index) -> Integers:
    """Return an index as int64 (n,); raise InvalidSampleIndex or DuplicateSampleIndex."""
    if not pd.api.types.is_integer_dtype(index.dtype) or index.hasnans:
        raise InvalidSampleIndex("the index is sample_index and must hold integers only")
    if not index.is_unique:
        raise DuplicateSampleIndex(index[index.duplicated()].unique()[:5].tolist())
    if len(index) and int(index.max()) > np.iinfo(np.int64).max:
        raise InvalidSampleIndex("sample_index must fit in 64 bits")
    return index.to_numpy(dtype=np.int64)


def aligned(values: pd.Series, index: pd.Index) -> pd.Series:
    """Bring a series into a frame's order; raise InvalidSampleIndex where their indexes differ."""
    if values.index.equals(index):
        return values
    if len(values) != len(index) or not values.index.is_unique or not index.isin(values.index).all():
        raise InvalidSampleIndex("the target's index is not that of the features")
    return values.reindex(index)


def check_features(schema: SourceSchema, features: pd.DataFrame) -> int:
    """Check names and values of all columns; return the number of missing values.

    Raises ColumnsMismatch and InvalidColumn, which name what does not fit.
    """
    wanted, given = pd.Index(schema.feature_names), features.columns
    mismatch = ColumnsMismatch(
        missing=wanted[~wanted.isin(given)],
        unknown=given[~given.isin(wanted)],
        repeated=given[given.duplicated()],
    )
    if mismatch.any:
        raise mismatch
    return sum(_missing_in(column, features[column.name]) for column in schema.columns)


def checked_numbers(column: Column, values: pd.Series) -> Floats:
    """Return a numeric column as float64 (n,); raise InvalidColumn where its kind does not allow a value."""
    if pd.api.types.infer_dtype(values, skipna=True) not in _NUMBERS:
        raise InvalidColumn(column.name, column.kind, "holds values that are not numbers")
    numbers = floats(values)
    if np.isinf(numbers).any():
        raise InvalidColumn(column.name, column.kind, "holds infinite values")
    present = numbers[~np.isnan(numbers)]
    if column.kind == "integer" and not _integral(present):
        raise InvalidColumn(column.name, column.kind, "holds values that are not integers up to 2^53 - 1")
    if column.kind == "boolean" and not np.isin(present, (0.0, 1.0)).all():
        raise InvalidColumn(column.name, column.kind, "holds values other than true and false")
    return numbers


def _missing_in(column: Column, values: pd.Series) -> int:
    if column.kind != "category":
        return int(np.isnan(checked_numbers(column, values)).sum())
    for label in values.dropna().unique():
        _check_label(column, label)
    return int(values.isna().sum())


def _check_label(column: Column, label: object) -> None:
    if not isinstance(label, str):
        raise InvalidColumn(column.name, column.kind, f"holds {label!r}, which is not text")
    if len(label) > LONGEST_LABEL:
        raise InvalidColumn(column.name, column.kind, f"holds a label of over {LONGEST_LABEL} characters")
    if any(character == "\x00" or "\ud800" <= character <= "\udfff" for character in label):
        raise InvalidColumn(
            column.name, column.kind, f"holds {label!r}, which PostgreSQL cannot keep as text"
        )


def _integral(values: Floats) -> bool:
    return bool((np.abs(values) <= LARGEST_INTEGER).all() and (values == np.trunc(values)).all())
