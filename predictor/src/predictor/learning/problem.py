"""A history made ready for learning."""

from dataclasses import dataclass

from predictor.learning.history import Floats, History, Integers
from predictor.learning.options import TrainingOptions
from predictor.learning.splitting import Split
from predictor.learning.vector import Singles


@dataclass(frozen=True)
class Problem:
    """A history made ready: inputs float32[n, k], log(ms) float64[n] and the sides of the rows.

    `before` is each row's window before it, int64[n], -1 without one; `rows_given` counts the history's rows
    before it was thinned.
    """

    history: History
    inputs: Singles
    log_ms: Floats
    sides: Split
    before: Integers
    options: TrainingOptions
    rows_given: int
