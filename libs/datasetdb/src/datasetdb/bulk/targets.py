"""Targets and predictions: class labels to codes and back, or plain numbers for a regression."""

import numpy as np
import pandas as pd

from datasetdb.bulk.checks import checked_numbers
from datasetdb.bulk.decode import Rows
from datasetdb.bulk.encode import Floats
from datasetdb.errors import InvalidColumn, UnknownClass
from datasetdb.schema import Column, Target


def encoded(target: Target, values: pd.Series) -> Floats:
    """Return class codes, or the numbers of a regression, as float64 (n,).

    Raises UnknownClass, and InvalidColumn for numbers that are missing or infinite.
    """
    if target.kind == "regression":
        return _numbers(target, values)
    codes = pd.Index(target.classes).get_indexer(pd.Index(values))
    if (codes < 0).any():
        raise UnknownClass(target.name, values[codes < 0].unique()[:5].tolist(), target.classes)
    return codes.astype(np.float64)


def decoded(target: Target, rows: Rows, name: str) -> pd.Series:
    """Return class labels (int64 or text) or the numbers of a regression (float64), by sample_index."""
    index, values = pd.Index(rows.index, name="sample_index"), rows.values[0]
    if target.kind == "regression":
        return pd.Series(values, index=index, name=name)
    classes = np.array(target.classes, dtype=np.int64 if isinstance(target.classes[0], int) else object)
    return pd.Series(classes[values.astype(np.int64)], index=index, name=name)


def class_counts(target: Target, codes: Floats) -> list[int]:
    """Count the samples of each class, in the order of the classes; empty for a regression."""
    if target.kind == "regression":
        return []
    return [int(count) for count in np.bincount(codes.astype(np.int64), minlength=len(target.classes))]


def _numbers(target: Target, values: pd.Series) -> Floats:
    numbers = checked_numbers(Column(target.name, "float"), values)
    if np.isnan(numbers).any():
        raise InvalidColumn(target.name, "target", "holds missing values")
    return numbers
