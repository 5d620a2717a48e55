"""Trees and their sums: forests, single trees, boosted ones."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import numpy as np

from ml_model.serving.links import sigmoid, softmax, two_sided
from ml_model.serving.onnx_session import open_session
from ml_model.serving.preparation import Arrays
from ml_model.serving.quick_scorer import FEWEST_ROWS, QuickScorer, quick_scorer
from ml_model.serving.signature import InputFault, InputRefused
from ml_model.serving.tree_graph import INPUT, Tree, to_graph
from ml_model.serving.tree_readers import FLOAT32, NONE, TINY_IS_ZERO, Ensemble, Rounding, read_trees

FORM = "trees"
TINY = float(np.float32(1e-35))
Link = Literal["mean", "softmax", "sigmoid"]


@dataclass(frozen=True)
class TreeHead:
    """A graph that sums leaves, and what makes probabilities of the sums.

    Single rows, and many at once, go through `quick`, where the trees are small enough to have one.

    `rounding` is what the library does to features before it compares them: scikit-learn's forests and
    XGBoost take float32, LightGBM takes what is nearer to zero than 1e-35 for zero.
    """

    graph: bytes
    link: Link
    base: np.ndarray
    divisor: float
    rounding: Rounding
    quick: QuickScorer | None
    run: Callable[..., Any] = field(repr=False, compare=False)

    form = FORM

    def answer(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Give the number of the class, and the probabilities, of each row.

        Raises:
            InputRefused: a number too large for float32 where the library would refuse it too.
        """
        scores = self._of_one(features[0]) if len(features) == 1 else self._sums(self._rounded(features))
        if self.link == "mean":
            scores /= self.divisor
            return scores.argmax(axis=1), scores
        scores += self.base
        if self.link == "sigmoid":
            return (scores[:, 0] > 0).astype(np.intp), two_sided(sigmoid(scores))
        return scores.argmax(axis=1), softmax(scores)

    def _of_one(self, row: np.ndarray) -> np.ndarray:
        """Do for one row, by plain numbers where that takes less time, what is done for many."""
        if self.quick is None or self.rounding != FLOAT32:
            return self._sums(self._rounded(row[None, :]))
        with np.errstate(over="ignore"):
            rounded = row.astype(np.float32).tolist()
        if math.inf in rounded or -math.inf in rounded:
            raise _too_large()
        return self.quick.sums_of_one(rounded)

    def _sums(self, features: np.ndarray) -> np.ndarray:
        if self.quick is not None and (len(features) == 1 or len(features) >= FEWEST_ROWS):
            return self.quick.sums(features)
        return np.asarray(self.run(None, {INPUT: features})[0], dtype=np.float64)

    def _rounded(self, features: np.ndarray) -> np.ndarray:
        if self.rounding == NONE:
            return features
        if self.rounding == TINY_IS_ZERO:
            return np.where(np.abs(features) <= TINY, 0.0, features)
        with np.errstate(over="ignore"):
            rounded = features.astype(np.float32)
        if np.isinf(rounded).any():
            raise _too_large()
        return rounded.astype(np.float64)

    def written(self) -> tuple[dict[str, Any], Arrays]:
        """Give the constants as a document and arrays."""
        document = {"link": self.link, "divisor": self.divisor, "rounding": self.rounding}
        quick = {} if self.quick is None else self.quick.written()
        return document, {"base": self.base, "graph": np.frombuffer(self.graph, dtype=np.uint8), **quick}

    @classmethod
    def read(cls, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> "TreeHead":
        """Read what `written` gave.

        Raises:
            DamagedModel
        """
        graph, quick = arrays["graph"].tobytes(), QuickScorer.read(arrays)
        return cls(
            graph,
            document["link"],
            arrays["base"],
            document["divisor"],
            document["rounding"],
            quick,
            open_session(graph).run if quick is None else _run_when_asked(graph),
        )

    @classmethod
    def of(cls, estimator: Any) -> "TreeHead":
        """Turn the estimator's trees into a graph.

        Raises:
            NotCompilable
        """
        found: Ensemble = read_trees(estimator)
        graph = to_graph(found.trees, found.width, found.comparison)
        run = open_session(graph).run
        quick = quick_scorer(found.trees, found.comparison)
        return cls(graph, found.link, found.base, found.divisor, found.rounding, quick, run)


def _run_when_asked(graph: bytes) -> Callable[..., Any]:
    """Return what opens a session at its first call: most rows take another way, and it takes memory."""
    opened = cache(lambda: open_session(graph))
    return lambda *arguments: opened().run(*arguments)


def _too_large() -> InputRefused:
    return InputRefused((InputFault("row", "has a value too large for this model", "out_of_range"),))


def thresholds_of(estimator: Any) -> list[Tree]:
    """Give an estimator's trees, for rows that stand exactly at their thresholds."""
    return list(read_trees(estimator).trees)
