"""What each feature of a row adds to the answer, by SHAP.

Lundberg and Lee, https://arxiv.org/abs/1705.07874; for trees https://arxiv.org/abs/1905.04610.
"""

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ml_model.serving.answers import Predicted
from ml_model.serving.attributions import attributed
from ml_model.serving.linear_head import LinearHead
from ml_model.serving.preparation import Layout, Preparation
from ml_model.serving.shapley import Contributions, sampled
from ml_model.serving.signature import Field, Signature
from ml_model.serving.unsupported import NotCompilable

PROBABILITY = "probability"
LOG_ODDS = "log-odds"
INDICATOR = "share of answers with this label"
NUMBER = "predicted value"


@dataclass(frozen=True)
class Explanation:
    """SHAP values of the predicted class; with `base_value` they add up to `value`.

    `unit` says of what: a probability, or the model's score before it is turned into one.
    """

    label: Any
    base_value: float
    value: float
    values: Mapping[str, float]
    unit: str
    method: str


class _Method(Protocol):
    def __call__(self, row: Sequence[Any], code: int) -> tuple[Contributions, str, str]:
        """Give contributions to a class, their unit and the method's name."""


class Explainer:
    """Explains the answers of one model; what it needs is made at the first question."""

    def __init__(
        self, signature: Signature, predict: Callable[[Any], Predicted], pipeline: Any | None
    ) -> None:
        self._signature = signature
        self._predict = predict
        self._pipeline = pipeline
        self._method: _Method | None = None
        self._making = threading.Lock()

    def explain(self, row: Sequence[Any]) -> Explanation:
        """Explain one row, given in the signature's order."""
        label = self._predict(_rows([list(row)], self._signature)).labels[0]
        classes = self._signature.classes
        code = classes.index(label) if classes is not None else 0
        contributions, unit, method = self._chosen()(row, code)
        pairs = zip(self._signature.names, contributions.values.tolist(), strict=True)
        return Explanation(
            label=label,
            base_value=contributions.base,
            value=contributions.base + math.fsum(contributions.values),
            values=dict(pairs),
            unit=unit,
            method=method,
        )

    def _chosen(self) -> _Method:
        with self._making:
            if self._method is None:
                self._method = self._made()
            return self._method

    def _made(self) -> _Method:
        """Choose what is exact for the model, or else sampling."""
        if self._pipeline is None or not hasattr(self._pipeline, "steps"):
            return self._sampling(_middles(self._signature.fields))
        try:
            preparation = Preparation.of(self._pipeline.steps[:-1], self._signature.names)
            final = _unwrapped(self._pipeline.steps[-1][1])
        except NotCompilable:
            return self._sampling(_middles(self._signature.fields))
        try:
            return _Linear(LinearHead.of(final), preparation, len(self._signature.fields))
        except (NotCompilable, AttributeError):
            pass
        contributions = attributed(final)
        if contributions is not None:
            return _Trees(contributions, preparation, len(self._signature.fields))
        return self._sampling(_centre(preparation, self._signature.fields))

    def _sampling(self, background: list[Any]) -> _Method:
        return _Sampling(self._predict, self._signature, background)


@dataclass(frozen=True)
class _Linear:
    """Exact for independent features: what stands between them and their means, times the weights."""

    head: LinearHead
    preparation: Preparation
    width: int

    def __call__(self, row: Sequence[Any], code: int) -> tuple[Contributions, str, str]:
        features = self.preparation.apply([row])
        means = (
            np.zeros(features.shape[1]) if self.preparation.shift is not None else _filled(self.preparation)
        )
        weights, intercept, sign = self.head.weights, self.head.intercepts, 1.0
        column = code
        if weights.shape[1] == 1:
            column, sign = 0, 1.0 if code else -1.0
        base = float(means @ weights[:, column] + intercept[column])
        values = (features[0] - means) * weights[:, column]
        grouped = _by_column(values, self.preparation.layout, self.width)
        return Contributions(sign * base, sign * grouped), LOG_ODDS, "linear"


@dataclass(frozen=True)
class _Trees:
    """Exact along the paths of the trees."""

    contributions: Callable[[np.ndarray, int], Contributions]
    preparation: Preparation
    width: int

    def __call__(self, row: Sequence[Any], code: int) -> tuple[Contributions, str, str]:
        found = self.contributions(self.preparation.apply([row]), code)
        values = _by_column(found.values, self.preparation.layout, self.width)
        unit = PROBABILITY if found.probability else LOG_ODDS
        return Contributions(found.base, values), unit, "tree"


@dataclass(frozen=True)
class _Sampling:
    """Shapley values of the model as it answers, against one row that stands for none of the features."""

    predict: Callable[[Any], Predicted]
    signature: Signature
    background: list[Any]

    def __call__(self, row: Sequence[Any], code: int) -> tuple[Contributions, str, str]:
        unit = self._unit(row)

        def value(rows: list[list[Any]]) -> np.ndarray:
            predicted = self.predict(_rows(rows, self.signature))
            if unit == PROBABILITY and predicted.probabilities is not None:
                return predicted.probabilities[:, code]
            if unit == NUMBER:
                return np.array(predicted.labels, dtype=np.float64).reshape(len(rows), -1)[:, 0]
            label = self.signature.classes[code] if self.signature.classes is not None else None
            return np.array([float(found == label) for found in predicted.labels])

        return sampled(value, list(row), self.background), unit, "sampling"

    def _unit(self, row: Sequence[Any]) -> str:
        if self.signature.classes is None:
            return NUMBER
        predicted = self.predict(_rows([list(row)], self.signature))
        return INDICATOR if predicted.probabilities is None else PROBABILITY


def _rows(rows: list[list[Any]], signature: Signature) -> Any:
    return np.array(rows, dtype=np.float64) if signature.numeric else rows


def _unwrapped(estimator: Any) -> Any:
    if type(estimator).__name__ == "VotingClassifier" and len(estimator.estimators_) == 1:
        return estimator.estimators_[0]
    return estimator


def _filled(preparation: Preparation) -> np.ndarray:
    if preparation.fill is None:
        return np.zeros(1)
    return preparation.fill


def _by_column(values: np.ndarray, layout: Layout | None, width: int) -> np.ndarray:
    """Add up what belongs to the columns that one column of text has become."""
    if layout is None:
        return values
    places = [text.position for text in layout.texts for _ in text.values]
    grouped = np.zeros(width)
    np.add.at(grouped, [*places, *layout.numbers], values)
    return grouped


def _middles(fields: Sequence[Field]) -> list[Any]:
    """Give a row in the middle of what training data held."""
    return [_middle(field) for field in fields]


def _middle(field: Field) -> Any:
    if field.kind == "category":
        return field.categories[0] if field.categories else ""
    known = [value for value in (field.minimum, field.maximum) if value is not None]
    return math.fsum(known) / len(known) if known else 0.0


def _centre(preparation: Preparation, fields: Sequence[Field]) -> list[Any]:
    """Give the row of means that the preparation knows."""
    means = preparation.fill if preparation.fill is not None else preparation.shift
    if means is None or preparation.layout is not None or len(means) != len(fields):
        return _middles(fields)
    listed: list[Any] = means.tolist()
    return listed
