"""What each candidate of a grid search predicted, so that the best one need not be fitted once more."""

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import get_scorer, make_scorer

CHOSEN = "chosen"
ROOM = 20_000_000  # labels of 8 bytes; a search that has more gains little by not fitting its best again


class FoldPredictions:
    """A second scorer of a grid search, which keeps the predictions that the first one is computed from.

    scikit-learn predicts once for both. The search has to run in this process and, as GridSearchCV does,
    candidate after candidate; the folds are told apart by the index of their samples.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._by_fold: dict[bytes, list[pd.Series]] = defaultdict(list)

    def scoring(self, name: str) -> dict[str, Any]:
        """Return scikit-learn's `scoring` argument: the named scorer, and the one that keeps predictions."""
        return {CHOSEN: get_scorer(name), "kept": make_scorer(self._keep)}

    def of_candidate(self, position: int, candidates: int, target: pd.Series) -> np.ndarray[Any, Any] | None:
        """Return a candidate's cross-validated predictions in the order of the target.

        None when not every candidate predicted every fold once, because a fit failed, or when there were
        too many to keep.
        """
        complete = all(len(kept) == candidates for kept in self._by_fold.values())
        if not complete or not self._by_fold:
            return None
        together = pd.concat([kept[position] for kept in self._by_fold.values()])
        if len(together) != len(target):
            return None
        return np.asarray(together.loc[target.index])

    def _keep(self, truth: pd.Series, predicted: Any) -> float:
        index = truth.index
        self._room -= len(index)
        if self._room < 0:
            self._by_fold.clear()
            return 0.0
        self._by_fold[index.to_numpy().tobytes()].append(pd.Series(predicted, index=index))
        return 0.0
