"""A trained predictor at rest: an npz of plain arrays; nothing in it is executed when it is read."""

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from predictor.learning.errors import DamagedArtifact
from predictor.utils.features import NAMES

FORMAT = 2
Array = NDArray[Any]

# Name, dtype and shape of each array; a letter is a length that every array with this letter shares.
LAYOUT: Mapping[str, tuple[str, tuple[str | int, ...]]] = {
    "format": ("int64", ()),
    "model": ("uint8", ("a",)),
    "difficulty": ("uint8", ("b",)),
    "line": ("float64", (3,)),
    "limits": ("float64", (2,)),
    "least_difficulty": ("float64", ()),
    "scores": ("float64", ("s",)),
    "fingerprints": ("int64", ()),
    "past_scores": ("float64", ("t",)),
    "past_fingerprints": ("int64", ()),
    "background": ("float32", ("m", len(NAMES))),
    "predicted_ms": ("float64", ("h",)),
    "actual_ms": ("float64", ("h",)),
    "query_hash": ("int64", ("h",)),
    "report": ("uint8", ("r",)),
}


def write(arrays: Mapping[str, Any]) -> bytes:
    """Write the arrays of `LAYOUT`; the same arrays give the same bytes."""
    buffer = io.BytesIO()
    whole = {name: np.asarray(arrays[name], dtype=LAYOUT[name][0]) for name in LAYOUT}
    np.savez_compressed(buffer, allow_pickle=False, **whole)
    return buffer.getvalue()


def read(content: bytes) -> dict[str, Array]:
    """Read the arrays of `LAYOUT`.

    Raises:
        DamagedArtifact: the bytes are something else.
    """
    arrays = _arrays(content)
    _check(arrays)
    return arrays


def array_of(content: bytes) -> Array:
    """Put bytes in an array, uint8[n]."""
    return np.frombuffer(content, dtype=np.uint8)


def written_report(report: Mapping[str, Any]) -> Array:
    """Put a report in an array, uint8[n]."""
    return array_of(json.dumps(report, allow_nan=False).encode())


def read_report(content: Array) -> dict[str, Any]:
    """Take a report out of its array.

    Raises:
        DamagedArtifact: it is no report, or one of other features.
    """
    try:
        report = json.loads(content.tobytes())
    except ValueError as fault:
        raise DamagedArtifact("its report is not JSON") from fault
    if not isinstance(report, dict) or report.get("feature_names") != list(NAMES):
        raise DamagedArtifact("it was trained with other features than this version knows")
    return report


def _arrays(content: bytes) -> dict[str, Array]:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            if set(archive.files) != set(LAYOUT):
                raise DamagedArtifact("it does not hold the arrays of a predictor")
            return {name: archive[name] for name in LAYOUT}
    except DamagedArtifact:
        raise
    except Exception as fault:
        raise DamagedArtifact("it is not a whole archive of plain arrays") from fault


def _check(arrays: Mapping[str, Array]) -> None:
    lengths: dict[str, int] = {}
    for name, (dtype, shape) in LAYOUT.items():
        array = arrays[name]
        if array.dtype != np.dtype(dtype) or array.ndim != len(shape):
            raise DamagedArtifact(f"{name} is not {dtype} of {len(shape)} dimensions")
        for found, length in zip(array.shape, shape, strict=True):
            expected = length if isinstance(length, int) else lengths.setdefault(length, found)
            if found != expected:
                raise DamagedArtifact(f"{name} has the length {found}, not {expected}")
    _check_values(arrays)


def _check_values(arrays: Mapping[str, Array]) -> None:
    if int(arrays["format"]) != FORMAT:
        raise DamagedArtifact(f"its format is {int(arrays['format'])}, not {FORMAT}")
    for name in ("line", "limits", "least_difficulty", "predicted_ms", "actual_ms"):
        if not np.isfinite(arrays[name]).all():
            raise DamagedArtifact(f"{name} holds something that is not a number")
    _check_scores(arrays["scores"], int(arrays["fingerprints"]))
    _check_scores(arrays["past_scores"], int(arrays["past_fingerprints"]))
    if not float(arrays["least_difficulty"]) > 0 or arrays["limits"][0] > arrays["limits"][1]:
        raise DamagedArtifact("its limits contradict each other")
    if len(arrays["background"]) == 0:
        raise DamagedArtifact("it has no background rows")


def _check_scores(scores: Array, fingerprints: int) -> None:
    whole = fingerprints >= 1 and len(scores) > 0 and len(scores) % fingerprints == 0
    if not whole or not np.isfinite(scores).all() or (np.diff(scores) < 0).any():
        raise DamagedArtifact("its calibration scores are not sorted or not those of its queries")
