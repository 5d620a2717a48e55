"""From features to the vector that models see."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from predictor.learning.history import Floats
from predictor.utils.features import FEATURES, NAMES

Singles = NDArray[np.float32]

SKEWED = np.array([feature.skewed for feature in FEATURES])
MOST = np.array([feature.most for feature in FEATURES], dtype=np.float64)
DIGITS = 4
UNKNOWN = np.float32(-1.0)


def vector(features: Mapping[str, float | None]) -> Floats:
    """Put features in the order of `NAMES`; absent, None and not finite become NaN. Gives float64[k]."""
    values = [features.get(name) for name in NAMES]
    row = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    row[~np.isfinite(row)] = np.nan
    return row


def model_input(features: Floats) -> Singles:
    """Take the logarithm of what spans magnitudes; float64[n, k] becomes float32[n, k].

    Values are rounded to four digits, so that a threshold halfway between two of them, kept as float32 in
    ONNX, divides them as the fitted tree does.
    """
    rows = np.array(features, dtype=np.float64)
    rows[~np.isfinite(rows)] = np.nan
    rows = np.clip(rows, 0.0, MOST)
    rows[:, SKEWED] = np.log1p(rows[:, SKEWED])
    return np.round(rows, DIGITS).astype(np.float32)


def with_prediction(inputs: Singles, log_ms: Floats) -> Singles:
    """Put the prediction float64[n] beside the inputs float32[n, k]: float32[n, k + 1], nothing missing."""
    both = np.column_stack([inputs, log_ms]).astype(np.float32)
    return np.where(np.isnan(both), UNKNOWN, both)
