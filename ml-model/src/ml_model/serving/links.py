"""From scores to probabilities, in float64."""

import numpy as np


def softmax(scores: np.ndarray) -> np.ndarray:
    """Turn scores[n, c] into probabilities that add up to one."""
    powers: np.ndarray = np.exp(scores - scores.max(axis=1, keepdims=True))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


def sigmoid(scores: np.ndarray) -> np.ndarray:
    """Turn scores into probabilities; never overflows."""
    half: np.ndarray = np.tanh(scores * 0.5)
    half *= 0.5
    half += 0.5
    return half


def two_sided(second: np.ndarray) -> np.ndarray:
    """Give both classes' probabilities from the second one's, [n, 1]."""
    return np.concatenate([1.0 - second, second], axis=1)


def shares(weights: np.ndarray) -> np.ndarray:
    """Divide each row by its sum; a row of zeros becomes equal parts."""
    sums = weights.sum(axis=1, keepdims=True)
    if sums.all():
        return np.asarray(weights / sums)
    equal = 1.0 / weights.shape[1]
    return np.where(sums == 0.0, equal, weights / np.where(sums == 0.0, 1.0, sums))
