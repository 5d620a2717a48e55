"""A history made ready for learning."""

from dataclasses import dataclass

from predictor.learning.history import Floats, History
from predictor.learning.options import TrainingOptions
from predictor.learning.splitting import Split
from predictor.learning.vector import Singles


@dataclass(frozen=True)
class Problem:
    """A history made ready: inputs float32[n, k], log(ms) float64[n] and the sides of the rows.

    `rows_given` counts what the history had before it was thinned.
    """

    history: History
    inputs: Singles
    log_ms: Floats
    sides: Split
    options: TrainingOptions
    rows_given: int
