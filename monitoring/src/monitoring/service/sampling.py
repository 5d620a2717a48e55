"""A smaller set that stands for a large one."""

import pandas as pd

TARGET_BINS = 10


def stratified_index(target: pd.Series, rows: int, seed: int) -> pd.Index:
    """Draw about `rows` labels of the index, so that each class keeps its share; at least one of each class.

    A numeric target is cut into ten bins of equal count. A set of at most `rows` rows is drawn whole. The
    same arguments draw the same rows.

    Args:
        target: what to stratify by, shape (samples,).
        rows: how many rows to draw.
        seed: of the draw.
    """
    if len(target) <= rows:
        return target.index
    share = rows / len(target)
    strata = _strata(target)
    drawn = [
        group.sample(n=max(1, int(share * len(group))), random_state=seed)
        for _, group in strata.groupby(strata, sort=True)
    ]
    sampled: pd.Series = pd.concat(drawn).sort_index()
    return sampled.index


def _strata(target: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(target):
        return pd.Series(pd.qcut(target, TARGET_BINS, labels=False, duplicates="drop"), index=target.index)
    return target
