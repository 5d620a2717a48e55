"""Models that came as ONNX files."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml_model.serving.answers import DamagedModel, Predicted
from ml_model.serving.compiled_form import pack, unpack
from ml_model.serving.onnx_session import open_session
from ml_model.serving.signature import Signature

NAME = "onnxruntime"
TYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
    "tensor(string)": np.str_,
}
MATRIX_RANK = 2


@dataclass(frozen=True)
class Roles:
    """What a graph's inputs and outputs are: `columns` has one input for each feature, else there is one.

    Of the outputs `labels` and `scores` at least one is named. Scores are probabilities or not, with a
    column for each class, or one for the second of two, or the number that a regression gives.
    """

    inputs: tuple[str, ...]
    types: tuple[str, ...]
    rank: int
    columns: bool
    labels: str | None
    scores: str | None
    mapped: bool
    probabilities: bool

    def to_bytes(self) -> bytes:
        """Write the roles."""
        return pack({"version": 1, "form": "onnx_file", **vars(self)}, {})

    @classmethod
    def from_bytes(cls, content: bytes) -> "Roles":
        """Read the roles.

        Raises:
            DamagedModel
        """
        manifest, _ = unpack(content)
        try:
            values = {name: manifest[name] for name in cls.__dataclass_fields__}
        except KeyError as fault:
            raise DamagedModel(f"the graph's roles are incomplete: {fault}") from fault
        return cls(**values | {"inputs": tuple(values["inputs"]), "types": tuple(values["types"])})


class OnnxFile:
    """An ONNX graph that somebody uploaded, asked by the roles that were found at its registration."""

    name = NAME

    def __init__(self, run: Callable[..., Any], roles: Roles, signature: Signature) -> None:
        self._run = run
        self._roles = roles
        self._classes = signature.classes
        self._outputs = [name for name in (roles.labels, roles.scores) if name is not None]

    @classmethod
    def of(cls, graph: bytes, roles: bytes | None, signature: Signature) -> "OnnxFile":
        """Load a graph.

        Raises:
            DamagedModel
        """
        if roles is None:
            raise DamagedModel("the graph's roles are missing")
        return cls(open_session(graph).run, Roles.from_bytes(roles), signature)

    def answer(self, rows: Any) -> Predicted:
        """Answer rows in the signature's order.

        Raises:
            DamagedModel: the graph gives something else than it promised.
        """
        given = dict(zip(self._outputs, self._run(self._outputs, self._fed(rows)), strict=True))
        scores = self._scores(given)
        labels = self._labels(given, scores)
        if len(labels) != len(rows):
            raise DamagedModel(f"the graph gives {len(labels)} answers for {len(rows)} rows")
        return Predicted(labels, scores if self._roles.probabilities else None)

    def scores_of(self, rows: Any) -> np.ndarray | None:
        """Give the raw scores of rows, if the graph has any."""
        return self._scores(dict(zip(self._outputs, self._run(self._outputs, self._fed(rows)), strict=True)))

    def _fed(self, rows: Any) -> dict[str, np.ndarray]:
        roles = self._roles
        if not roles.columns:
            return {roles.inputs[0]: np.asarray(rows).astype(TYPES[roles.types[0]])}
        columns = zip(*(rows.tolist() if isinstance(rows, np.ndarray) else rows), strict=True)
        fed = {}
        for name, kind, column in zip(roles.inputs, roles.types, columns, strict=True):
            values: np.ndarray = np.array(column, dtype=object if kind == "tensor(string)" else TYPES[kind])
            fed[name] = values.reshape(-1, 1) if roles.rank == MATRIX_RANK else values
        return fed

    def _scores(self, given: dict[str, Any]) -> np.ndarray | None:
        if self._roles.scores is None:
            return None
        scores = given[self._roles.scores]
        if self._roles.mapped:
            return self._unmapped(scores)
        found = np.asarray(scores, dtype=np.float64)
        found = found.reshape(len(found), -1)
        if self._roles.probabilities and found.shape[1] == 1 and self._classes is not None:
            return np.concatenate([1.0 - found, found], axis=1)
        return found

    def _unmapped(self, scores: Any) -> np.ndarray:
        order = self._classes or tuple(scores[0])
        try:
            return np.array([[row[label] for label in order] for row in scores], dtype=np.float64)
        except KeyError as fault:
            raise DamagedModel(f"the graph gives no score for the class {fault}") from fault

    def _labels(self, given: dict[str, Any], scores: np.ndarray | None) -> list[Any]:
        if self._roles.labels is not None:
            labels: list[Any] = np.asarray(given[self._roles.labels]).ravel().tolist()
            return labels
        if scores is None:
            raise DamagedModel("the graph has no output that can be read")
        if self._classes is None:
            numbers: list[Any] = (scores[:, 0] if scores.shape[1] == 1 else scores).tolist()
            return numbers
        codes = scores.argmax(axis=1) if scores.shape[1] > 1 else (scores[:, 0] > 0).astype(int)
        return [self._classes[code] for code in codes.tolist()]
