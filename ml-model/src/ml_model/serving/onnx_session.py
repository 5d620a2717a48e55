"""ONNX Runtime, with one thread, imported after the fork only."""

from typing import Any

from ml_model.serving.answers import DamagedModel

SILENT_BELOW_FATAL = 4


def open_session(graph: bytes) -> Any:
    """Load a graph.

    Raises:
        DamagedModel
    """
    # Not before the fork: a process that is forked after this import hangs or aborts at its end.
    from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415

    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = SILENT_BELOW_FATAL
    try:
        return InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as fault:  # the library's own exceptions share no base
        raise DamagedModel(f"ONNX Runtime does not load it: {str(fault).splitlines()[0][:200]}") from fault
