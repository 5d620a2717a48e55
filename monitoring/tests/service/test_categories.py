import numpy as np
import pandas as pd
import pytest

from monitoring.service.categories import OTHER, are_many, folded
from monitoring.service.group_testing import run_groups
from monitoring.service.thresholds import Thresholds


def test_rare_categories_become_one_and_common_ones_stay_also_new_ones():
    reference = pd.Series(["common"] * 300 + [f"rare {i}" for i in range(100)] + [np.nan])
    current = pd.Series(["common"] * 300 + ["new"] * 50 + ["unseen", np.nan])
    known, judged = folded(reference, current)
    assert known.value_counts(dropna=False).to_dict() == {"common": 300, OTHER: 100, np.nan: 1}
    assert judged.value_counts(dropna=False).to_dict() == {"common": 300, "new": 50, OTHER: 1, np.nan: 1}


def test_a_hundred_are_not_yet_many():
    labels = pd.Series([f"c{i}" for i in range(100)])
    assert not are_many(labels, labels)
    assert are_many(labels, pd.Series(["one more"]))


def colours(rows, seed, unseen):
    rng = np.random.default_rng(seed)
    known = np.array([f"c{i}" for i in rng.integers(0, 5_000, rows)], dtype=object)
    known[rng.random(rows) < unseen] = "unseen"
    return pd.Categorical(known)


@pytest.mark.parametrize(("unseen", "drifted"), [(0.0, False), (0.5, True)])
def test_thousands_of_categories_drift_only_when_they_do(compare, labelled, unseen, drifted):
    sets = [labelled(rows=2_000, seed=seed) for seed in (0, 1)]
    for labelled_frame, share in zip(sets, (0.0, unseen), strict=True):
        labelled_frame.features["colour"] = colours(2_000, int(labelled_frame is sets[1]), share)
    comparison = compare(*sets)
    assert comparison.folded == ("colour",)
    assert "100 categories" in comparison.notes[0]
    failed = {
        outcome.name for outcome in run_groups(comparison, None, Thresholds()) if outcome.status != "SUCCESS"
    }
    assert ({"ValueDrift(colour)", "OutListValueCount(colour)"} <= failed) is drifted
    assert ("ValueDrift(colour)" in failed) is drifted
