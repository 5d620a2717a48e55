"""Support vector machines in float64, with sigmoid calibration where there is one.

libsvm votes between each two classes; https://www.csie.ntu.edu.tw/~cjlin/papers/libsvm.pdf, section 7.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml_model.serving.links import shares, sigmoid, two_sided
from ml_model.serving.preparation import Arrays
from ml_model.serving.unsupported import NotCompilable

FORM = "kernel"
ROWS_AT_ONCE = 256
TWO = 2


@dataclass(frozen=True)
class KernelHead:
    """Support vectors with a weight for each pair of classes; `pairs` are the two classes of each."""

    kernel: Mapping[str, Any]
    vectors: np.ndarray
    weights: np.ndarray
    intercepts: np.ndarray
    pairs: np.ndarray
    calibration: np.ndarray | None

    form = FORM

    def answer(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Give the number of the class of each row, and probabilities if the machine is calibrated."""
        if len(features) <= ROWS_AT_ONCE:
            return self._answer(features)
        parts = [
            self._answer(features[start : start + ROWS_AT_ONCE])
            for start in range(0, len(features), ROWS_AT_ONCE)
        ]
        codes = np.concatenate([codes for codes, _ in parts])
        if self.calibration is None:
            return codes, None
        return codes, np.concatenate([given for _, given in parts if given is not None])

    def _answer(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        margins = self._similarity(features) @ self.weights
        margins += self.intercepts
        if self.calibration is None:
            return self._codes(margins), None
        probabilities = self._probabilities(margins)
        return probabilities.argmax(axis=1), probabilities

    def _similarity(self, features: np.ndarray) -> np.ndarray:
        kernel, gamma = self.kernel["name"], self.kernel["gamma"]
        if kernel == "rbf":
            differences = features[:, None, :] - self.vectors[None, :, :]
            squares = np.einsum("nsk,nsk->ns", differences, differences)
            squares *= -gamma
            return np.asarray(np.exp(squares, out=squares))
        products: np.ndarray = features @ self.vectors.T
        if kernel == "linear":
            return products
        inner = gamma * products + self.kernel["coef0"]
        if kernel == "poly":
            return np.asarray(inner ** self.kernel["degree"])
        return np.asarray(np.tanh(inner))

    def _codes(self, margins: np.ndarray) -> np.ndarray:
        if self._classes == TWO:
            return np.asarray(margins[:, 0] <= 0).astype(np.intp)
        if self.kernel["break_ties"]:
            return np.asarray(self._scores(margins).argmax(axis=1))
        return np.asarray(self._votes(margins).argmax(axis=1))

    @property
    def _classes(self) -> int:
        return int(self.pairs.max()) + 1

    def _votes(self, margins: np.ndarray) -> np.ndarray:
        first = margins > 0
        chosen = np.where(first, self.pairs[:, 0], self.pairs[:, 1])
        votes: np.ndarray = (chosen[:, :, None] == np.arange(self._classes)).sum(axis=1)
        return votes

    def _scores(self, margins: np.ndarray) -> np.ndarray:
        """Add to each class's votes what breaks ties: the sum of its margins, squeezed below a third."""
        signs = np.zeros((len(self.pairs), self._classes))
        places = np.arange(len(self.pairs))
        signs[places, self.pairs[:, 0]] = 1.0
        signs[places, self.pairs[:, 1]] = -1.0
        confidences = margins @ signs
        return np.asarray(self._votes(margins) + confidences / (3 * (np.abs(confidences) + 1)))

    def _probabilities(self, margins: np.ndarray) -> np.ndarray:
        slopes, offsets = self.calibration  # type: ignore[misc]
        scores = -margins if self._classes == TWO else self._scores(margins)
        each = sigmoid(-(slopes * scores + offsets))
        return two_sided(each) if self._classes == TWO else shares(each)

    def written(self) -> tuple[dict[str, Any], Arrays]:
        """Give the constants as a document and arrays."""
        arrays = {name: getattr(self, name) for name in ("vectors", "weights", "intercepts", "pairs")}
        if self.calibration is not None:
            arrays["calibration"] = self.calibration
        return {"kernel": dict(self.kernel)}, arrays

    @classmethod
    def read(cls, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> "KernelHead":
        """Read what `written` gave."""
        return cls(
            document["kernel"],
            arrays["vectors"],
            arrays["weights"],
            arrays["intercepts"],
            arrays["pairs"],
            arrays.get("calibration"),
        )

    @classmethod
    def of(cls, estimator: Any) -> "KernelHead":
        """Take the constants out of an SVC, alone or calibrated as a whole.

        Raises:
            NotCompilable
        """
        calibration = None
        if type(estimator).__name__ == "CalibratedClassifierCV":
            estimator, calibration = _calibrated(estimator)
        if type(estimator).__name__ != "SVC" or estimator.kernel not in {"rbf", "linear", "poly", "sigmoid"}:
            raise NotCompilable("the calibrated model is no SVC with a kernel that is known here")
        if estimator.probability is True:
            raise NotCompilable("libsvm's own probabilities have no exact compiled form")
        if calibration is not None and estimator.decision_function_shape != "ovr":
            raise NotCompilable("calibration of one-vs-one scores has no compiled form")
        kernel = {
            "name": estimator.kernel,
            "gamma": float(estimator._gamma),
            "coef0": float(estimator.coef0),
            "degree": int(estimator.degree),
            "break_ties": bool(estimator.break_ties and estimator.decision_function_shape == "ovr"),
        }
        weights, pairs = _one_against_one(estimator)
        vectors = np.asarray(estimator.support_vectors_, dtype=np.float64)
        return cls(kernel, vectors, weights, estimator._intercept_.copy(), pairs, calibration)


def _one_against_one(machine: Any) -> tuple[np.ndarray, np.ndarray]:
    """Spread libsvm's coefficients: for each pair of classes a weight for every support vector."""
    counts = machine.n_support_
    ends = np.cumsum(counts)
    of_class = [slice(end - count, end) for end, count in zip(ends, counts, strict=True)]
    coefficients = np.asarray(machine._dual_coef_, dtype=np.float64)
    classes = len(counts)
    pairs = [(one, other) for one in range(classes) for other in range(one + 1, classes)]
    weights = np.zeros((coefficients.shape[1], len(pairs)))
    for column, (one, other) in enumerate(pairs):
        weights[of_class[one], column] = coefficients[other - 1, of_class[one]]
        weights[of_class[other], column] = coefficients[one, of_class[other]]
    return weights, np.array(pairs, dtype=np.int64)


def _calibrated(estimator: Any) -> tuple[Any, np.ndarray]:
    inner = estimator.calibrated_classifiers_
    if len(inner) != 1 or any(not hasattr(one, "a_") for one in inner[0].calibrators):
        raise NotCompilable("only one SVC with sigmoid calibration is compiled (ensemble=False)")
    calibrators = inner[0].calibrators
    slopes = [[float(one.a_) for one in calibrators], [float(one.b_) for one in calibrators]]
    return inner[0].estimator, np.array(slopes)
