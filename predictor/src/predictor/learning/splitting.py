"""Which rows a model learns from and which ones judge it: by fingerprint and by time, never by row."""

import hashlib
from dataclasses import dataclass

import numpy as np

from predictor.learning.errors import TooFewFingerprints
from predictor.learning.history import Flags, History, Integers

TEST_SHARE = 0.2
TIME_QUANTILE = 0.8
LEAST_LEARNING = 8
LEAST_TEST = 2
LEAST_TEST_ROWS = 10
FOLDS = 5


MOST_ROWS = 20_000


def thinned(history: History, seed: int) -> History:
    """Keep `MOST_ROWS` rows of a longer history, as many of each query as of the others."""
    if len(history) <= MOST_ROWS:
        return history
    drawn = np.random.default_rng(seed).permutation(len(history))
    by_query = drawn[np.argsort(history.query_hash[drawn], kind="stable")]
    _, first, count = np.unique(history.query_hash[by_query], return_index=True, return_counts=True)
    turn = np.arange(len(history)) - np.repeat(first, count)
    return history.rows(np.sort(by_query[np.argsort(turn, kind="stable")[:MOST_ROWS]]))


@dataclass(frozen=True)
class Split:
    """Sides of the rows of a history, n rows.

    Args:
        learning: bool[n]; rows before the cut of fingerprints that are not held out; for fitting.
        calibration: bool[n]; all rows of these same fingerprints; models of the others judge them.
        test: bool[n]; rows at or after the cut, of fingerprints that are held out.
        fold: int64[n]; number of the part that a calibration row's fingerprint is in, else -1.
        cut: the time in seconds between the sides, None when the split is by fingerprint alone.
    """

    learning: Flags
    calibration: Flags
    test: Flags
    fold: Integers
    cut: float | None


def place(query_hash: int, seed: int) -> float:
    """Give a fingerprint its place in [0, 1): the same in every later training with this seed."""
    digest = hashlib.sha256(f"{seed}:{query_hash}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def split(history: History, seed: int) -> Split:
    """Divide a history.

    Two queries are held out at least, those with the lowest places, even where chance would hold out fewer.

    Raises:
        TooFewFingerprints: too few queries are left to learn from.
    """
    known, index = np.unique(history.query_hash, return_inverse=True)
    places = np.array([place(int(query_hash), seed) for query_hash in known])
    order = np.argsort(places, kind="stable")
    held_out = places < TEST_SHARE
    held_out[order[:LEAST_TEST]] = True
    if len(known) - int(held_out.sum()) < LEAST_LEARNING:
        raise TooFewFingerprints(len(known) - int(held_out.sum()), LEAST_LEARNING)
    folds = np.full(len(known), -1, dtype=np.int64)
    inside = order[~held_out[order]]
    folds[inside] = np.arange(len(inside)) % min(FOLDS, len(inside))
    test = held_out[index]
    cut = _cut(history, test)
    before = np.ones(len(history), bool) if cut is None else history.window_start < cut
    after = np.ones(len(history), bool) if cut is None else history.window_start >= cut
    return Split(~test & before, ~test, test & after, folds[index], cut)


def _cut(history: History, test: Flags) -> float | None:
    """Find the time between learning and test; None if too little would stay on a side."""
    cut = float(np.quantile(history.window_start, TIME_QUANTILE, method="higher"))
    before, after = history.window_start < cut, history.window_start >= cut
    enough_test = np.count_nonzero(test & after) >= LEAST_TEST_ROWS
    fingerprints = len(np.unique(history.query_hash[test & after])) * 2 >= len(
        np.unique(history.query_hash[test])
    )
    learns = len(np.unique(history.query_hash[~test & before])) >= LEAST_LEARNING
    return cut if enough_test and fingerprints and learns else None
