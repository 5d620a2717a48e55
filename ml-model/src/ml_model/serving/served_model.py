"""Loaded models: immutable, and usable by several threads at once."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from ml_model.serving.answers import DamagedModel, Engine, Predicted
from ml_model.serving.compiled_form import CompiledForm
from ml_model.serving.explanation import Explainer, Explanation
from ml_model.serving.onnx_file import OnnxFile
from ml_model.serving.scikit_learn_engine import ScikitLearnEngine
from ml_model.serving.signature import InvalidSignature, Signature
from modelcatalogue.errors import UnreadableModel

__all__ = ["DamagedModel", "Explanation", "Predicted", "ServedModel", "load"]

ZIP = b"PK"


class ServedModel:
    """A model that answers.

    Args:
        signature: what it takes.
        engine: what computes.
        pipeline: gives the fitted pipeline that explanations are made of, if there is one.
    """

    def __init__(
        self, signature: Signature, engine: Engine, pipeline: Callable[[], Any] | None = None
    ) -> None:
        self.signature = signature
        self.engine = engine.name
        self._engine = engine
        self._pipeline = pipeline

    def predict(self, rows: Any) -> Predicted:
        """Answer rows: float64[n, k] for a numeric signature, else a list of rows.

        Raises:
            InputRefused: a value that the model itself refuses.
        """
        return self._engine.answer(rows)

    def explain(self, row: Sequence[Any]) -> Explanation:
        """Tell what each feature of a row adds to the answer, by SHAP."""
        return self._explainer.explain(row)

    @cached_property
    def _explainer(self) -> Explainer:
        pipeline = None if self._pipeline is None else self._pipeline()
        return Explainer(self.signature, self.predict, pipeline)


def load(model: bytes, compiled: bytes | None, document: Mapping[str, Any]) -> ServedModel:
    """Load a model: its stored bytes, its compiled form if it has one, and its signature's document.

    A pipeline that has a compiled form is read only when an explanation needs it.

    Raises:
        DamagedModel
    """
    try:
        signature = Signature.read(document)
    except InvalidSignature as fault:
        raise DamagedModel(str(fault)) from fault
    if not model.startswith(ZIP):
        return ServedModel(signature, OnnxFile.of(model, compiled, signature))
    if compiled is not None:
        return ServedModel(signature, CompiledForm.from_bytes(compiled), lambda: _pipeline(model))
    pipeline = _pipeline(model)
    return ServedModel(signature, ScikitLearnEngine(pipeline, signature), lambda: pipeline)


def _pipeline(model: bytes) -> Any:
    # skops and scikit-learn take seconds to import; a worker that answers by compiled forms needs neither.
    from modelcatalogue.storage import loads  # noqa: PLC0415

    try:
        return loads(model)
    except UnreadableModel as fault:
        raise DamagedModel(str(fault)) from fault
