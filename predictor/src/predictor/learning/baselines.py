"""What a model must beat: a line over the planner's cost, and each query's own past."""

from typing import Any

import numpy as np

from predictor.learning.cost_line import fit_cost_line
from predictor.learning.evaluation import errors_of
from predictor.learning.history import Flags, Floats, History
from predictor.learning.vector import model_input

Row = dict[str, Any]


def planner_cost(history: History, learning: Flags, test: Flags) -> Row:
    """Judge a log-linear fit on the planner's cost, fitted on the learning rows."""
    line = fit_cost_line(model_input(history.features[learning]), history.log_ms()[learning])
    predicted = np.exp(line.predict(model_input(history.features[test])))
    return errors_of(predicted, history.execution_time_ms[test])


def past_mean(history: History) -> Floats:
    """Give for each row the mean log(ms) of its query's earlier windows, float64[n]; NaN for the first."""
    log_ms = history.log_ms()
    order = np.lexsort((history.window_start, history.query_hash))
    hashes, starts, values = history.query_hash[order], history.window_start[order], log_ms[order]
    found = np.full(len(history), np.nan)
    total, count, waiting = 0.0, 0, [0.0, 0.0]
    for at, (query, start) in enumerate(zip(hashes, starts, strict=True)):
        if at and query != hashes[at - 1]:
            total, count, waiting = 0.0, 0, [0.0, 0.0]
        elif at and start > starts[at - 1]:
            total, count, waiting = total + waiting[0], count + int(waiting[1]), [0.0, 0.0]
        if count:
            found[order[at]] = total / count
        waiting = [waiting[0] + values[at], waiting[1] + 1]
    return found


def fingerprint_mean(history: History, test: Flags, predicted_ms: Floats) -> Row:
    """Judge the mean of a query's earlier windows where it has some, and the model on these same rows."""
    past = past_mean(history)[test]
    known = ~np.isnan(past)
    actual = history.execution_time_ms[test]
    if not known.any():
        return {"share_covered": 0.0}
    return {
        "share_covered": float(known.mean()),
        **errors_of(np.exp(past[known]), actual[known]),
        "model_on_the_same": errors_of(predicted_ms[known], actual[known]),
    }
