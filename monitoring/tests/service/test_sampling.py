import numpy as np
import pandas as pd

from monitoring.service.sampling import stratified_index


def test_a_small_set_is_drawn_whole():
    target = pd.Series(["a", "b", "a"], index=[7, 3, 5])
    assert list(stratified_index(target, 3, 42)) == [7, 3, 5]


def test_each_class_keeps_its_share_and_a_rare_one_is_not_lost():
    target = pd.Series(["common"] * 9_000 + ["other"] * 999 + ["rare"])
    drawn = target.loc[stratified_index(target, 1_000, 42)]
    assert drawn.value_counts().to_dict() == {"common": 900, "other": 99, "rare": 1}
    assert drawn.index.is_monotonic_increasing
    assert drawn.index.is_unique


def test_the_seed_decides_which_rows_are_drawn():
    target = pd.Series(["a", "b"] * 500)
    first, again, other = (stratified_index(target, 100, seed) for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


def test_a_numeric_target_is_drawn_from_each_tenth():
    target = pd.Series(np.random.default_rng(0).exponential(size=10_000))
    drawn = target.loc[stratified_index(target, 1_000, 42)]
    assert len(drawn) == 1_000
    for share in np.arange(0.1, 1.0, 0.1):
        assert abs((drawn <= target.quantile(share)).mean() - share) < 0.002
