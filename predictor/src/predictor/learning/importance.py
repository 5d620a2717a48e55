"""Which features a model relies on."""

import numpy as np

from predictor.learning.history import Floats
from predictor.learning.predictor import Network
from predictor.learning.vector import Singles
from predictor.utils.features import NAMES

REPEATS = 2
MOST_ROWS = 300


def permutation_importance(
    network: Network, inputs: Singles, log_ms: Floats, seed: int
) -> list[dict[str, float | str]]:
    """Measure by how much the mean |log error| grows when a feature's values are shuffled, largest first.

    Source: Breiman 2001, Random forests; as in Fisher, Rudin, Dominici 2019, for any model.
    """
    generator = np.random.default_rng(seed)
    chosen = generator.permutation(len(inputs))[:MOST_ROWS]
    rows, truth = inputs[chosen], log_ms[chosen]
    before = float(np.abs(network.log_ms(rows) - truth).mean())
    grown: list[dict[str, float | str]] = []
    for at, name in enumerate(NAMES):
        shuffled = np.tile(rows, (REPEATS, 1))
        shuffled[:, at] = np.concatenate([generator.permutation(rows[:, at]) for _ in range(REPEATS)])
        error = float(np.abs(network.log_ms(shuffled) - np.tile(truth, REPEATS)).mean())
        grown.append({"feature": name, "importance": error - before})
    return sorted(grown, key=lambda row: -float(row["importance"]))
