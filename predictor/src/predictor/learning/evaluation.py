"""How good predictions are, on queries that were held out."""

from typing import Any

import numpy as np

from predictor.learning.history import Flags, Floats, Integers

FIFTHS = 5
QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95}
RELIABILITY_BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
Row = dict[str, Any]


def errors_of(predicted_ms: Floats, actual_ms: Floats) -> Row:
    """Measure predictions float64[n] against times float64[n]; RMSE and MAE are in milliseconds."""
    difference = predicted_ms - actual_ms
    return {
        "r_squared": r_squared(predicted_ms, actual_ms),
        "r_squared_log": r_squared(np.log(predicted_ms), np.log(actual_ms)),
        "rmse": float(np.sqrt(np.mean(difference**2))),
        "mae": float(np.mean(np.abs(difference))),
        "q_error": q_errors(predicted_ms, actual_ms),
        "n": len(actual_ms),
    }


def r_squared(predicted: Floats, actual: Floats) -> float | None:
    """Give the share of the variance that is explained; None where nothing varies."""
    spread = float(np.sum((actual - actual.mean()) ** 2))
    return None if spread == 0.0 else float(1.0 - np.sum((actual - predicted) ** 2) / spread)


def q_errors(predicted_ms: Floats, actual_ms: Floats) -> dict[str, float]:
    """Give quantiles of max(predicted / actual, actual / predicted).

    Source: Moerkotte, Neumann, Steidl 2009, Preventing bad plans by bounding the impact of cardinality
    estimation errors.
    """
    factors = np.exp(np.abs(np.log(predicted_ms) - np.log(actual_ms)))
    return {name: float(np.quantile(factors, share)) for name, share in QUANTILES.items()}


def fifths(predicted_ms: Floats) -> Integers:
    """Number rows 0 to 4 by their place in the order of predicted time, int64[n]."""
    order = np.argsort(np.argsort(predicted_ms, kind="stable"), kind="stable")
    return (order * FIFTHS // max(1, len(order))).astype(np.int64)


def coverage(predicted_ms: Floats, inside: Flags, level: float) -> Row:
    """Count how often the interval at a level held, over all and in each fifth of the predicted time."""
    number = fifths(predicted_ms)
    rows = [
        {
            "fifth": one + 1,
            "up_to_ms": float(predicted_ms[number == one].max()),
            "coverage": float(inside[number == one].mean()),
            "n": int((number == one).sum()),
        }
        for one in np.unique(number).tolist()
    ]
    return {"level": level, "overall": float(inside.mean()), "n": len(inside), "by_fifth": rows}


def reliability(probability: Floats, happened: Flags) -> list[Row]:
    """Compare stated probabilities float64[n] with what happened bool[n], by bins of the probability."""
    bins = np.clip(
        np.searchsorted(RELIABILITY_BINS, probability, side="right") - 1, 0, len(RELIABILITY_BINS) - 2
    )
    return [
        {
            "from": RELIABILITY_BINS[one],
            "to": RELIABILITY_BINS[one + 1],
            "predicted": float(probability[bins == one].mean()),
            "observed": float(happened[bins == one].mean()),
            "n": int((bins == one).sum()),
        }
        for one in np.unique(bins).tolist()
    ]
