"""Any other classifier that skl2onnx converts, as a graph of its own."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from ml_model.serving.onnx_session import open_session
from ml_model.serving.preparation import Arrays
from ml_model.serving.unsupported import NotCompilable

FORM = "graph"
INPUT = "features"
OPSETS = {"": 18, "ai.onnx.ml": 3}
Precision = Literal["float64", "float32"]


@dataclass(frozen=True)
class GraphHead:
    """A graph that gives the number of the class and the probabilities of each row."""

    graph: bytes
    precision: Precision
    run: Callable[..., Any] = field(repr=False, compare=False)

    form = FORM

    def answer(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Give the number of the class, and the probabilities, of each row."""
        codes, probabilities = self.run(None, {INPUT: features.astype(self.precision)})
        return codes.astype(np.intp), probabilities.astype(np.float64)

    def written(self) -> tuple[dict[str, Any], Arrays]:
        """Give the constants as a document and arrays."""
        return {"precision": self.precision}, {"graph": np.frombuffer(self.graph, dtype=np.uint8)}

    @classmethod
    def read(cls, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> "GraphHead":
        """Read what `written` gave.

        Raises:
            DamagedModel
        """
        graph = arrays["graph"].tobytes()
        return cls(graph, document["precision"], open_session(graph).run)

    @classmethod
    def of(cls, estimator: Any, precision: Precision) -> "GraphHead":
        """Convert the estimator.

        Raises:
            NotCompilable
        """
        graph = _converted(estimator, precision)
        return cls(graph, precision, open_session(graph).run)


def _converted(estimator: Any, precision: Precision) -> bytes:
    from skl2onnx import to_onnx  # noqa: PLC0415 - registration alone needs it
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType  # noqa: PLC0415

    kind = DoubleTensorType if precision == "float64" else FloatTensorType
    types = [(INPUT, kind([None, int(estimator.n_features_in_)]))]
    try:
        with _numbered(estimator):
            model = to_onnx(
                estimator,
                initial_types=types,
                target_opset=OPSETS,
                options={id(estimator): {"zipmap": False}},
                name="classifier",
            )
    except Exception as fault:  # the converters raise whatever their library does
        reason = str(fault).strip().splitlines()
        raise NotCompilable(
            f"skl2onnx does not convert it: {reason[0][:200] if reason else fault!r}"
        ) from fault
    serialized: bytes = model.SerializeToString()
    return serialized


@contextlib.contextmanager
def _numbered(estimator: Any) -> Iterator[None]:
    """Let the classes be 0, 1, ... while the estimator is converted."""
    classes = estimator.classes_
    try:
        estimator.classes_ = np.arange(len(classes))
        yield
    except AttributeError as fault:
        raise NotCompilable("its class labels cannot be numbered") from fault
    finally:
        with contextlib.suppress(AttributeError):
            estimator.classes_ = classes
