"""Fitted pipelines that answer themselves."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ml_model.serving.answers import Predicted, plain
from ml_model.serving.signature import InputFault, InputRefused, Signature

NAME = "scikit-learn"
ROW = "row"
NAMES_ATTRIBUTE = "feature_names_in_"


class ScikitLearnEngine:
    """A fitted pipeline, asked with arrays; with a data frame only where its columns are chosen by name."""

    name = NAME

    def __init__(self, pipeline: Any, signature: Signature) -> None:
        self._pipeline = pipeline
        self._columns = None if signature.numeric else list(signature.names)
        self._gives_probabilities = hasattr(pipeline, "predict_proba")
        classes = getattr(pipeline, "classes_", None)
        self._classes = None if classes is None else np.asarray(classes)
        if self._columns is None:
            forget_names(pipeline)

    def answer(self, rows: Any) -> Predicted:
        """Answer rows in the signature's order.

        Raises:
            InputRefused: the pipeline refuses a value.
        """
        features = self._features(rows)
        try:
            labels = plain(self._pipeline.predict(features))
            given = self._pipeline.predict_proba(features) if self._gives_probabilities else None
        except ValueError as fault:
            raise InputRefused((InputFault(ROW, first_line(fault), "out_of_range"),)) from fault
        return Predicted(labels, None if given is None else np.asarray(given, dtype=np.float64))

    def _features(self, rows: Any) -> Any:
        if self._columns is None:
            return np.asarray(rows, dtype=np.float64)
        return frame(rows, self._columns)


def frame(rows: Sequence[Sequence[Any]], columns: list[str]) -> Any:
    """Make a data frame with the types that the columns' values have."""
    import pandas as pd  # noqa: PLC0415 - most models never need it

    return pd.DataFrame(list(rows), columns=columns)


def forget_names(pipeline: Any) -> None:
    """Take the names of columns away, so that arrays in their order are taken without a warning."""
    for estimator in (pipeline, *(step for _, step in getattr(pipeline, "steps", ()))):
        vars(estimator).pop(NAMES_ATTRIBUTE, None)


def first_line(fault: Exception) -> str:
    """Give the first line of what a library says."""
    lines = str(fault).strip().splitlines()
    return lines[0].rstrip(".")[:200] if lines else type(fault).__name__
