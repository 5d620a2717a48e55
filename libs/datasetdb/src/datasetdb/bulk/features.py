"""Frames of features: cut into blocks to be written, and built again from what was read."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from datasetdb.bulk.decode import Rows
from datasetdb.bulk.encode import Floats, Integers, SampleBlock, spans
from datasetdb.schema import Column, SourceSchema


def blocks(schema: SourceSchema, features: pd.DataFrame, index: Integers) -> Iterator[SampleBlock]:
    """Cut checked features into blocks of rows."""
    for span in spans(len(index)):
        part = features.iloc[span]
        numbers = np.empty((len(part), len(schema.numeric)))
        for position, column in enumerate(schema.numeric):
            numbers[:, position] = floats(part[column.name])
        labels = tuple(_texts(part[column.name]) for column in schema.categories)
        yield SampleBlock(index[span], numbers, labels)


def floats(values: pd.Series) -> Floats:
    """Return a series of numbers as float64 (n,) with NaN where missing."""
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def frame(schema: SourceSchema, rows: Rows) -> pd.DataFrame:
    """Build the typed frame: float64, Int64, boolean, category; columns in the source's order."""
    numeric = [column.name for column in schema.numeric]
    index = pd.Index(rows.index, name="sample_index")
    data = pd.DataFrame(rows.values.T, index=index, columns=numeric, copy=False)
    if all(column.kind == "float" for column in schema.columns):
        return data
    for column, values in zip(schema.numeric, rows.values, strict=True):
        if column.kind != "float":
            data[column.name] = _typed(column, values)
    for column, labels in zip(schema.categories, rows.labels, strict=True):
        data[column.name] = _categories(labels)
    return data[list(schema.feature_names)]


def _typed(column: Column, values: Floats) -> pd.api.extensions.ExtensionArray:
    missing: npt.NDArray[np.bool_] = np.isnan(values)
    present = np.where(missing, 0.0, values)
    if column.kind == "integer":
        return pd.arrays.IntegerArray(present.astype(np.int64), missing)
    return pd.arrays.BooleanArray(present.astype(np.bool_), missing)


def _texts(values: pd.Series) -> pa.Array:
    return pa.array(values.astype(object), type=pa.string(), from_pandas=True)


def _categories(labels: pa.ChunkedArray) -> pd.Categorical:
    """Categories in alphabetical order, so that they do not depend on the order of rows."""
    read: pd.Categorical = labels.to_pandas().array
    return read.reorder_categories(sorted(read.categories))
