"""The split: sizes, strata, no sample twice, the same rows always."""

import numpy as np
import pandas as pd
import pytest

from simulator.service.source_catalogue import load_source, source_names
from simulator.service.splitting import split

SETS = ("training", "testing", "production")


def test_wine_splits_into_106_36_and_36():
    wine = load_source("wine")
    assert [len(split(wine, name, 42)[0]) for name in SETS] == [106, 36, 36]


@pytest.mark.parametrize("source", source_names())
def test_every_sample_is_in_exactly_one_set(source):
    data = load_source(source)
    together = pd.concat([split(data, name, 42)[0] for name in SETS])
    order = list(data.features.columns)
    expected = data.features.sort_values(order).reset_index(drop=True)
    pd.testing.assert_frame_equal(together.sort_values(order).reset_index(drop=True), expected)


def test_classes_keep_their_shares():
    wine = load_source("wine")
    whole = wine.target.value_counts(normalize=True)
    for name in SETS:
        share = split(wine, name, 42)[1].value_counts(normalize=True)
        assert (share - whole).abs().max() < 0.02


def test_rows_are_those_of_the_published_split():
    features, target = split(load_source("wine"), "training", 42)
    again, _ = split(load_source("wine"), "training", 42)
    pd.testing.assert_frame_equal(features, again)
    assert list(features.index) == list(range(106))
    assert np.bincount(target).tolist() == [35, 42, 29]


def test_column_names_hold_no_slash():
    assert "od280__od315_of_diluted_wines" in load_source("wine").features.columns
