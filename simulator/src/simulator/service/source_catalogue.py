"""The data sources that can be loaded: one entry each; a new one is added here and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd
from sklearn import datasets

from datasetdb.schema import Column, SourceSchema, Target
from simulator.service.errors import SourceNotFound


@dataclass(frozen=True)
class SourceData:
    """A whole source in memory.

    Args:
        schema: names and types of its columns.
        features: one row for each sample, shape (samples, features).
        target: class of each sample, shape (samples,).
    """

    schema: SourceSchema
    features: pd.DataFrame
    target: pd.Series


_SOURCES: dict[str, Callable[..., Any]] = {
    "wine": datasets.load_wine,
    "iris": datasets.load_iris,
    "breast_cancer": datasets.load_breast_cancer,
}


def source_names() -> list[str]:
    """Return the names of all sources, sorted."""
    return sorted(_SOURCES)


@cache
def load_source(name: str) -> SourceData:
    """Read a source that scikit-learn carries with it.

    Raises:
        SourceNotFound: there is no source of this name.
    """
    if name not in _SOURCES:
        raise SourceNotFound(name, source_names())
    features, target = _SOURCES[name](return_X_y=True, as_frame=True)
    features = features.rename(columns=lambda column: column.replace("/", "__").replace(" ", "_"))
    schema = SourceSchema(
        name=name,
        columns=tuple(Column(column, "float") for column in features.columns),
        target=Target("target", "classification", tuple(int(label) for label in sorted(target.unique()))),
    )
    return SourceData(schema, features.astype(float), target.astype(int))
