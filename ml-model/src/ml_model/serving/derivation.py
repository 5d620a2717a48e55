"""What a fitted pipeline takes, found out from itself and from what is known of its training."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml_model.serving.answers import plain_classes
from ml_model.serving.scikit_learn_engine import ScikitLearnEngine
from ml_model.serving.signature import Field, InputRefused, Kind, Signature

MLFLOW_KINDS: Mapping[str, Kind] = {
    "double": "float",
    "float": "float",
    "long": "integer",
    "integer": "integer",
    "boolean": "boolean",
    "string": "category",
}
PLAIN_NAMES = "feature_names_in_"
MOST_CATEGORIES = 1_000


class UnknownInput(ValueError):
    """Nothing tells what the pipeline takes."""


@dataclass(frozen=True)
class KnownInput:
    """What is known: columns with their kinds, rows of training in that order, an example by name.

    Each may be missing.
    """

    columns: tuple[tuple[str, Kind], ...] = ()
    training: Sequence[Sequence[Any]] = ()
    example: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Derived:
    """A signature, and a row that fits it."""

    signature: Signature
    example: dict[str, Any]


def derive(pipeline: Any, known: KnownInput) -> Derived:
    """Find out what a fitted pipeline takes.

    Raises:
        UnknownInput
    """
    columns = known.columns or _columns_of(pipeline)
    fields = tuple(
        _field(place, name, kind, pipeline, known.training) for place, (name, kind) in enumerate(columns)
    )
    classes = getattr(pipeline, "classes_", None)
    labels = None if classes is None else plain_classes(classes)
    signature = Signature(fields, labels, imputes=False)
    example = _example(signature, pipeline, known)
    imputes = _takes_nothing(pipeline, signature, example)
    return Derived(Signature(fields, labels, imputes), example)


def mlflow_columns(inputs: Sequence[tuple[str, str]]) -> tuple[tuple[str, Kind], ...]:
    """Give the kinds of the columns of an MLflow signature.

    Raises:
        UnknownInput
    """
    unknown = [f"{name} ({kind})" for name, kind in inputs if kind not in MLFLOW_KINDS]
    if unknown:
        raise UnknownInput(f"its signature has columns of other types: {', '.join(unknown[:5])}")
    return tuple((name, MLFLOW_KINDS[kind]) for name, kind in inputs)


def _columns_of(pipeline: Any) -> tuple[tuple[str, Kind], ...]:
    names = getattr(pipeline, PLAIN_NAMES, None)
    if names is None:
        count = getattr(pipeline, "n_features_in_", None)
        if count is None:
            raise UnknownInput("it has no signature, and does not know the names of its features")
        names = [f"feature_{number}" for number in range(1, int(count) + 1)]
    texts = _text_columns(pipeline)
    return tuple((str(name), "category" if name in texts else "float") for name in names)


def _text_columns(pipeline: Any) -> dict[str, list[Any]]:
    """Name the columns that a one-hot encoder takes, with the values that it knows."""
    found: dict[str, list[Any]] = {}
    for _, step in getattr(pipeline, "steps", ()):
        for _, transformer, columns in getattr(step, "transformers_", ()):
            if type(transformer).__name__ == "OneHotEncoder":
                values = (categories.tolist() for categories in transformer.categories_)
                found |= dict(zip(columns, values, strict=True))
    return found


def _field(place: int, name: str, kind: Kind, pipeline: Any, training: Sequence[Sequence[Any]]) -> Field:
    if kind == "category":
        values = [value for value in _text_columns(pipeline).get(name, []) if isinstance(value, str)]
        few = 0 < len(values) <= MOST_CATEGORIES
        return Field(name, kind, categories=tuple(values) if few else None)
    numbers = np.array([row[place] for row in training], dtype=np.float64)
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return Field(name, kind)
    return Field(name, kind, float(numbers.min()), float(numbers.max()))


def _example(signature: Signature, pipeline: Any, known: KnownInput) -> dict[str, Any]:
    """Give the example that is known, a row of training, or one around the means of the scaler."""
    if known.example is not None and set(signature.names) <= set(known.example):
        return {name: known.example[name] for name in signature.names}
    for row in known.training:
        if all(isinstance(value, str) or math.isfinite(value) for value in row):
            return dict(zip(signature.names, row, strict=True))
    steps = getattr(pipeline, "named_steps", {})
    means = getattr(steps.get("scaler"), "mean_", None)
    if means is None:
        means = getattr(steps.get("imputer"), "statistics_", None)
    usable = signature.numeric and means is not None and len(means) == len(signature.fields)
    return {
        field.name: _value(field, float(means[place]) if usable and means is not None else 0.0)
        for place, field in enumerate(signature.fields)
    }


def _value(field: Field, number: float) -> Any:
    if field.kind == "category":
        return field.categories[0] if field.categories else "unknown"
    number = number if math.isfinite(number) else 0.0
    if field.kind == "boolean":
        return number >= 0.5
    return round(number) if field.kind == "integer" else number


def _takes_nothing(pipeline: Any, signature: Signature, example: Mapping[str, Any]) -> bool:
    """Try whether the pipeline answers rows with missing values."""
    row = [example[name] for name in signature.names]
    engine = ScikitLearnEngine(pipeline, signature)
    rows = [
        [math.nan if place == empty else value for place, value in enumerate(row)]
        for empty in range(len(row))
    ]
    rows = [*rows[:100], [math.nan] * len(row)]
    try:
        engine.answer(np.array(rows, dtype=np.float64) if signature.numeric else rows)
    except (InputRefused, TypeError):
        return False
    return True
