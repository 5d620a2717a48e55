"""LightGBM compares in double precision, ONNX in single: make both divide single-precision numbers alike."""

import re

import numpy as np
from lightgbm import Booster, LGBMRegressor

THRESHOLDS = re.compile(r"^threshold=(.*)$", re.MULTILINE)
LENGTHS = re.compile(r"^tree_sizes=.*\n", re.MULTILINE)


def in_single_precision(model: LGBMRegressor) -> None:
    """Round thresholds down to single precision; answers to numbers of that precision stay."""
    # The trees' lengths change with their thresholds; without a list of them LightGBM finds them itself.
    text = LENGTHS.sub("", THRESHOLDS.sub(_rounded_down, model.booster_.model_to_string()))
    model._Booster = Booster(model_str=text)


def _rounded_down(line: re.Match[str]) -> str:
    exact = np.array(line.group(1).split(), dtype=np.float64)
    single = exact.astype(np.float32)
    down = np.where(single > exact, np.nextafter(single, np.float32(-np.inf)), single)
    return "threshold=" + " ".join(repr(float(number)) for number in down)
