"""Nearest neighbours by looking at all of them, in float64."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml_model.serving.links import shares
from ml_model.serving.preparation import Arrays
from ml_model.serving.unsupported import NotCompilable

FORM = "neighbours"
MOST_CELLS = 1_000_000
NUMBERS_AT_ONCE = 200_000
POWERS = {"euclidean": 2.0, "manhattan": 1.0}


@dataclass(frozen=True)
class NeighboursHead:
    """Training rows with the number of their class; `power` is Minkowski's, infinite for the largest step."""

    rows: np.ndarray
    codes: np.ndarray
    neighbours: int
    power: float
    by_distance: bool

    form = FORM

    def answer(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Give the number of the class, and the probabilities, of each row."""
        step = max(1, NUMBERS_AT_ONCE // self.rows.size)
        parts = [self._answer(features[start : start + step]) for start in range(0, len(features), step)]
        if len(parts) == 1:
            return parts[0]
        codes = np.concatenate([codes for codes, _ in parts])
        return codes, np.concatenate([probabilities for _, probabilities in parts])

    def _answer(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        distances = self._distances(features)
        nearest = np.argsort(distances, axis=1, kind="stable")[:, : self.neighbours]
        of_class = self.codes[nearest][:, :, None] == np.arange(self.codes.max() + 1)
        weights = self._weights(np.take_along_axis(distances, nearest, axis=1))
        probabilities = shares((of_class * weights[:, :, None]).sum(axis=1))
        return probabilities.argmax(axis=1), probabilities

    def _distances(self, features: np.ndarray) -> np.ndarray:
        """Give the distances to all training rows."""
        differences = features[:, None, :] - self.rows[None, :, :]
        if self.power == POWERS["euclidean"]:
            return np.asarray(np.sqrt(np.einsum("nsk,nsk->ns", differences, differences)))
        steps = np.abs(differences)
        if np.isinf(self.power):
            return np.asarray(steps.max(axis=2))
        return np.asarray((steps**self.power).sum(axis=2) ** (1.0 / self.power))

    def _weights(self, distances: np.ndarray) -> np.ndarray:
        if not self.by_distance:
            return np.ones_like(distances)
        same = distances == 0.0
        weights = 1.0 / np.where(same, 1.0, distances)
        return np.where(same.any(axis=1, keepdims=True), same, weights)

    def written(self) -> tuple[dict[str, Any], Arrays]:
        """Give the constants as a document and arrays."""
        numbers = {"neighbours": self.neighbours, "by_distance": self.by_distance}
        return numbers, {"rows": self.rows, "codes": self.codes, "power": np.array(self.power)}

    @classmethod
    def read(cls, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> "NeighboursHead":
        """Read what `written` gave."""
        power = float(arrays["power"])
        return cls(arrays["rows"], arrays["codes"], document["neighbours"], power, document["by_distance"])

    @classmethod
    def of(cls, estimator: Any) -> "NeighboursHead":
        """Take the training rows out of a KNeighborsClassifier.

        Raises:
            NotCompilable
        """
        rows = np.asarray(estimator._fit_X, dtype=np.float64)
        if rows.size > MOST_CELLS:
            raise NotCompilable("so many training rows are searched faster by scikit-learn's tree")
        if estimator.weights not in {"uniform", "distance"} or np.ndim(estimator._y) != 1:
            raise NotCompilable("the neighbours' weights have no compiled form")
        power = _power(estimator)
        return cls(
            rows, np.asarray(estimator._y), int(estimator.n_neighbors), power, estimator.weights == "distance"
        )


def _power(estimator: Any) -> float:
    metric = estimator.metric
    if metric == "chebyshev":
        return float("inf")
    if metric == "minkowski" and not estimator.metric_params:
        return float(estimator.p)
    if metric not in POWERS:
        raise NotCompilable(f"the metric {metric} has no compiled form")
    return POWERS[metric]
