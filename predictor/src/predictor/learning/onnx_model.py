"""A regressor in ONNX Runtime."""

import numpy as np

from predictor.learning.errors import DamagedArtifact
from predictor.learning.history import Floats
from predictor.learning.vector import Singles


class OnnxModel:
    """One session with one thread; may be used by several threads at once.

    Args:
        content: the model, as `conversion.to_bytes` makes it.
        width: how many numbers a row has.

    Raises:
        DamagedArtifact: the bytes are no such model.
    """

    def __init__(self, content: bytes, width: int) -> None:
        # ONNX Runtime has threads from its import on: a process forked after it hangs or aborts in the end.
        from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415

        self.content = content
        options = SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as fault:  # they have no class in common
            raise DamagedArtifact("ONNX Runtime refuses a model in it") from fault
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or inputs[0].shape[-1] != width:
            raise DamagedArtifact(f"a model in it does not take {width} numbers")
        self._input = inputs[0].name
        self._outputs = [self._session.get_outputs()[0].name]

    def run(self, inputs: Singles) -> Floats:
        """Answer for rows float32[n, width] with float64[n]."""
        answers: Singles = self._session.run(self._outputs, {self._input: inputs})[0]
        return answers.reshape(-1).astype(np.float64)
