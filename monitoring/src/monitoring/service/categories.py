"""Categories that are too many to be compared one by one."""

import pandas as pd

MOST_CATEGORIES = 100
LEAST_SHARE = 0.01
OTHER = "(other)"


def are_many(reference: pd.Series, current: pd.Series) -> bool:
    """Tell whether both columns together have more than a hundred different values."""
    return int(pd.concat([reference, current]).nunique()) > MOST_CATEGORIES


def folded(reference: pd.Series, current: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Make one category of all that hold less than 1 % of both columns' values together.

    With thousands of rare categories any two samples of one distribution differ, so a test of drift finds
    some, and Evidently takes time that grows with their square. A new category that is common stays
    itself. Missing values stay missing.
    """
    shares = pd.concat([reference, current]).value_counts(normalize=True)
    kept = set(shares.index[shares >= LEAST_SHARE])
    return _renamed(reference, kept), _renamed(current, kept)


def _renamed(column: pd.Series, kept: set[str]) -> pd.Series:
    return column.map(lambda label: label if label in kept else OTHER, na_action="ignore")
