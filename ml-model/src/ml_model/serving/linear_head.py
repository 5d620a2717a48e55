"""Logistic regression as one matrix product in float64."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ml_model.serving.links import shares, sigmoid, softmax, two_sided
from ml_model.serving.preparation import Arrays
from ml_model.serving.unsupported import NotCompilable

FORM = "linear"
Link = Literal["sigmoid", "softmax", "one_vs_rest"]


@dataclass(frozen=True)
class LinearHead:
    """Scores are `features @ weights + intercepts`, one for each class, or one for the second of two."""

    weights: np.ndarray
    intercepts: np.ndarray
    link: Link

    form = FORM

    def answer(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Give the number of the class, and the probabilities, of each row."""
        scores = features @ self.weights
        scores += self.intercepts
        if self.link == "sigmoid":
            return (scores[:, 0] > 0).astype(np.intp), two_sided(sigmoid(scores))
        if self.link == "softmax":
            return scores.argmax(axis=1), softmax(scores)
        return scores.argmax(axis=1), shares(sigmoid(scores))

    def written(self) -> tuple[dict[str, Any], Arrays]:
        """Give the constants as a document and arrays."""
        return {"link": self.link}, {"weights": self.weights, "intercepts": self.intercepts}

    @classmethod
    def read(cls, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> "LinearHead":
        """Read what `written` gave."""
        return cls(arrays["weights"], arrays["intercepts"], document["link"])

    @classmethod
    def of(cls, estimator: Any) -> "LinearHead":
        """Take the constants out of a LogisticRegression, alone or one for each class.

        Raises:
            NotCompilable
        """
        if type(estimator).__name__ == "LogisticRegression":
            return cls._of(estimator.coef_, estimator.intercept_, "softmax")
        parts = estimator.estimators_
        if any(type(part).__name__ != "LogisticRegression" for part in parts):
            raise NotCompilable("one-vs-rest is compiled around LogisticRegression only")
        coefficients = np.concatenate([part.coef_ for part in parts])
        return cls._of(coefficients, np.concatenate([part.intercept_ for part in parts]), "one_vs_rest")

    @classmethod
    def _of(cls, coefficients: np.ndarray, intercepts: np.ndarray, link: Link) -> "LinearHead":
        weights = np.ascontiguousarray(coefficients.T, dtype=np.float64)
        return cls(
            weights,
            np.asarray(intercepts, dtype=np.float64) + np.zeros(weights.shape[1]),
            "sigmoid" if weights.shape[1] == 1 else link,
        )
