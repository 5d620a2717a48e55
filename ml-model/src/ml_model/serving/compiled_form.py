"""Compiled models as bytes that run no code, and as what answers."""

import io
import json
import zipfile
from typing import Any, Protocol

import numpy as np

from ml_model.serving.answers import DamagedModel, Predicted
from ml_model.serving.graph_head import GraphHead
from ml_model.serving.kernel_head import KernelHead
from ml_model.serving.linear_head import LinearHead
from ml_model.serving.neighbours_head import NeighboursHead
from ml_model.serving.preparation import Arrays, Preparation
from ml_model.serving.signature import Label
from ml_model.serving.tree_head import TreeHead

VERSION = 1
MANIFEST = "manifest"
ONNX_RUNTIME = "onnxruntime"
NUMPY = "numpy"
HEADS = {head.form: head for head in (LinearHead, KernelHead, NeighboursHead, TreeHead, GraphHead)}
WITH_GRAPH = {TreeHead.form, GraphHead.form}


class Head(Protocol):
    """What is left of the model proper."""

    form: str

    def answer(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Give the number of the class, and the probabilities, of each row."""

    def written(self) -> tuple[dict[str, Any], Arrays]:
        """Give the constants as a document and arrays."""


class CompiledForm:
    """A preparation, a head, and the labels by the number of their class."""

    def __init__(self, preparation: Preparation, head: Head, classes: tuple[Label, ...]) -> None:
        self.name = ONNX_RUNTIME if head.form in WITH_GRAPH else NUMPY
        self.head = head
        self.preparation = preparation
        self.classes = classes
        self._labels = np.empty(len(classes), dtype=object)
        self._labels[:] = classes

    def answer(self, rows: Any) -> Predicted:
        """Answer rows in the signature's order.

        Raises:
            InputRefused
        """
        codes, probabilities = self.head.answer(self.preparation.apply(rows))
        return Predicted(self._labels[codes].tolist(), probabilities)

    def to_bytes(self) -> bytes:
        """Write the form; the same form always gives the same bytes."""
        preparation, constants = self.preparation.written()
        head, arrays = self.head.written()
        manifest = {
            "version": VERSION,
            "form": self.head.form,
            "classes": list(self.classes),
            "preparation": preparation,
            "head": head,
        }
        return pack(
            manifest,
            {f"preparation.{name}": array for name, array in constants.items()}
            | {f"head.{name}": array for name, array in arrays.items()},
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> "CompiledForm":
        """Read a form.

        Raises:
            DamagedModel
        """
        manifest, arrays = unpack(content)
        try:
            head = HEADS[manifest["form"]].read(manifest["head"], _under("head.", arrays))
            preparation = Preparation.read(manifest["preparation"], _under("preparation.", arrays))
            return cls(preparation, head, tuple(manifest["classes"]))
        except (KeyError, TypeError) as fault:
            raise DamagedModel(f"the compiled form is incomplete: {fault!r}") from fault


def _under(prefix: str, arrays: Arrays) -> Arrays:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def pack(manifest: dict[str, Any], arrays: Arrays) -> bytes:
    """Write a JSON manifest and arrays into one NPZ, without pickle."""
    text = json.dumps(manifest, separators=(",", ":")).encode()
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{MANIFEST: np.frombuffer(text, dtype=np.uint8)}, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def unpack(content: bytes) -> tuple[dict[str, Any], Arrays]:
    """Read what `pack` wrote.

    Raises:
        DamagedModel
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        manifest = json.loads(arrays.pop(MANIFEST).tobytes())
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as fault:
        raise DamagedModel(f"the compiled form cannot be read: {fault}") from fault
    if not isinstance(manifest, dict) or manifest.get("version") != VERSION:
        raise DamagedModel("the compiled form is of a version that is not known here")
    return manifest, arrays
