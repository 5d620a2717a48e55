"""What happens to a row before the model proper sees it, with constants that were fitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml_model.serving.unsupported import NotCompilable

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class OneHot:
    """One column of text: a new column for each value; None stands for a missing one."""

    position: int
    values: tuple[str | None, ...]


@dataclass(frozen=True)
class Layout:
    """Text columns first, each as many; then the numbers that are left, by their positions."""

    texts: tuple[OneHot, ...]
    numbers: tuple[int, ...]

    def encode(self, rows: Sequence[Sequence[Any]]) -> np.ndarray:
        """Turn rows into numbers; a value that was never seen is all zeros."""
        blocks = [_one_hot(text, rows) for text in self.texts]
        numbers = [[row[position] for position in self.numbers] for row in rows]
        blocks.append(np.array(numbers, dtype=np.float64).reshape(len(rows), len(self.numbers)))
        return np.concatenate(blocks, axis=1)


def _one_hot(text: OneHot, rows: Sequence[Sequence[Any]]) -> np.ndarray:
    places = {value: place for place, value in enumerate(text.values)}
    columns = np.zeros((len(rows), len(places)))
    for number, row in enumerate(rows):
        value = row[text.position]
        place = places.get(value if isinstance(value, str) else None)
        if place is not None:
            columns[number, place] = 1.0
    return columns


@dataclass(frozen=True)
class Preparation:
    """Encoding, filling and scaling, each in float64 as scikit-learn does it.

    `filled` are the columns that `fill` belongs to: after an encoder, the last ones.
    """

    layout: Layout | None = None
    fill: np.ndarray | None = None
    shift: np.ndarray | None = None
    scale: np.ndarray | None = None

    def apply(self, rows: Any) -> np.ndarray:
        """Give the rows as the model takes them."""
        features = np.asarray(rows, dtype=np.float64) if self.layout is None else self.layout.encode(rows)
        if self.fill is not None:
            missing = np.isnan(features)
            if missing.any():
                features = np.where(missing, self.fill, features)
        if self.shift is None:
            return features if self.scale is None else features / self.scale
        shifted: np.ndarray = features - self.shift
        if self.scale is not None:
            shifted /= self.scale
        return shifted

    def written(self) -> tuple[dict[str, Any], Arrays]:
        """Give the constants as a document and arrays."""
        arrays = {
            name: value
            for name, value in (("fill", self.fill), ("shift", self.shift), ("scale", self.scale))
            if value is not None
        }
        if self.layout is None:
            return {}, arrays
        texts = [{"position": text.position, "values": list(text.values)} for text in self.layout.texts]
        return {"texts": texts, "numbers": list(self.layout.numbers)}, arrays

    @classmethod
    def read(cls, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> "Preparation":
        """Read what `written` gave."""
        layout = None
        if "texts" in document:
            texts = tuple(OneHot(text["position"], tuple(text["values"])) for text in document["texts"])
            layout = Layout(texts, tuple(document["numbers"]))
        return cls(layout, arrays.get("fill"), arrays.get("shift"), arrays.get("scale"))

    @classmethod
    def of(cls, steps: Sequence[tuple[str, Any]], names: Sequence[str]) -> "Preparation":
        """Take the constants out of the fitted steps before a pipeline's last one.

        Raises:
            NotCompilable: a step that this form does not know.
        """
        found: dict[str, Any] = {}
        for _, step in steps:
            kind = type(step).__name__
            reader = _READERS.get(kind)
            if reader is None or any(later in found for later in _LATER.get(kind, ())):
                raise NotCompilable(f"the step {kind} has no compiled form")
            found |= reader(step, list(names))
        return cls(**found)


def _imputer(step: Any, _: list[str]) -> dict[str, Any]:
    fill = np.asarray(step.statistics_)
    if step.add_indicator or fill.dtype.kind != "f" or np.isnan(fill).any():
        raise NotCompilable("the imputer adds or drops columns")
    if not _is_nan(step.missing_values):
        raise NotCompilable("the imputer fills something else than NaN")
    return {"fill": fill.astype(np.float64)}


def _scaler(step: Any, _: list[str]) -> dict[str, Any]:
    found = {}
    if step.with_mean:
        found["shift"] = np.asarray(step.mean_, dtype=np.float64)
    if step.with_std:
        found["scale"] = np.asarray(step.scale_, dtype=np.float64)
    return found


def _encoder(step: Any, names: list[str]) -> dict[str, Any]:
    """Read a one-hot encoder of some columns with an imputer for the others."""
    texts: tuple[OneHot, ...] = ()
    numbers: tuple[int, ...] = ()
    fill = np.empty(0)
    for _, transformer, columns in step.transformers_:
        places = tuple(names.index(column) if isinstance(column, str) else int(column) for column in columns)
        kind = type(transformer).__name__
        if kind == "OneHotEncoder" and not numbers:
            texts += _texts(transformer, places)
        elif kind == "SimpleImputer" and not numbers:
            numbers, fill = places, _imputer(transformer, names)["fill"]
        else:
            raise NotCompilable(f"the encoder has a {kind}")
    width = sum(len(text.values) for text in texts)
    return {"layout": Layout(texts, numbers), "fill": np.concatenate([np.zeros(width), fill])}


def _texts(encoder: Any, places: tuple[int, ...]) -> tuple[OneHot, ...]:
    plain = encoder.drop is None and encoder.handle_unknown == "ignore" and encoder.min_frequency is None
    if not plain or encoder.max_categories is not None:
        raise NotCompilable("the encoder groups, drops or refuses values")
    texts = []
    for place, categories in zip(places, encoder.categories_, strict=True):
        values = tuple(None if value is None or _is_nan(value) else value for value in categories.tolist())
        if len(set(values)) != len(values) or not all(isinstance(value, str | None) for value in values):
            raise NotCompilable("the encoder has values that are no text")
        texts.append(OneHot(place, values))
    return tuple(texts)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and value != value  # noqa: PLR0124 - NaN alone is not itself


_READERS = {"SimpleImputer": _imputer, "StandardScaler": _scaler, "ColumnTransformer": _encoder}
_LATER = {
    "SimpleImputer": ("fill", "shift", "scale"),
    "StandardScaler": ("shift", "scale"),
    "ColumnTransformer": ("layout", "fill", "shift", "scale"),
}
