"""What models give."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ml_model.serving.signature import Label


@dataclass(frozen=True)
class Predicted:
    """A label for each row, and a probability for each class where the model gives any."""

    labels: list[Any]
    probabilities: np.ndarray | None


class DamagedModel(Exception):
    """The bytes are no model that can answer; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Engine(Protocol):
    """What computes answers: a compiled form, an ONNX graph, or the pipeline itself."""

    name: str

    def answer(self, rows: Any) -> Predicted:
        """Answer rows in the signature's order."""


def plain(values: Any) -> list[Any]:
    """Give an array's values as JSON has them."""
    listed: list[Any] = np.asarray(values).ravel().tolist()
    return listed


def plain_classes(classes: Any) -> tuple[Label, ...]:
    """Give a model's class labels as JSON has them."""
    return tuple(plain(classes))
