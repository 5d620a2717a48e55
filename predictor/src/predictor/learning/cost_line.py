"""A straight line of log(ms) over the logarithm of the planner's cost: the least that a model must beat."""

from dataclasses import dataclass

import numpy as np

from predictor.learning.history import Floats
from predictor.learning.vector import Singles
from predictor.utils.features import NAMES

COST = NAMES.index("plan_total_cost")


@dataclass(frozen=True)
class CostLine:
    """Intercept and slope, and the log(ms) that stands for a query whose cost is not known."""

    intercept: float
    slope: float
    unknown: float

    def predict(self, inputs: Singles) -> Floats:
        """Give log(ms), float64[n], for inputs float32[n, k]."""
        cost = inputs[:, COST].astype(np.float64)
        return np.where(np.isnan(cost), self.unknown, self.intercept + self.slope * cost)


FLAT = CostLine(0.0, 0.0, 0.0)


def fit_cost_line(inputs: Singles, log_ms: Floats) -> CostLine:
    """Fit by least squares on the rows whose cost is known; inputs float32[n, k], log_ms float64[n]."""
    cost = inputs[:, COST].astype(np.float64)
    known = ~np.isnan(cost)
    mean = float(log_ms.mean())
    if np.unique(cost[known]).size < 2:
        return CostLine(mean, 0.0, mean)
    slope, intercept = np.polyfit(cost[known], log_ms[known], 1)
    return CostLine(float(intercept), float(slope), mean)
