"""Fouling: each kind does what its name says, reproducibly."""

import numpy as np
import pytest

from simulator.service.fouling import Drift, foul
from simulator.service.source_catalogue import load_source
from simulator.service.splitting import split


@pytest.fixture(scope="module")
def production():
    return split(load_source("wine"), "production", 42)


def changed(production, kind, shift=0.3, missing=0.0, seed=42):
    return foul(*production, Drift(kind, shift, missing), seed)


def test_offset_adds_one_draw_to_every_value(production):
    fouled = changed(production, "offset")
    difference = (fouled.features - production[0]).to_numpy()
    assert np.allclose(difference, fouled.done["offset"])
    assert fouled.done["offset"] != 0


def test_covariate_moves_each_mean_by_its_standard_deviations(production):
    fouled = changed(production, "covariate", 0.5)
    moved = (fouled.features.mean() - production[0].mean()) / production[0].std(ddof=0)
    assert np.allclose(moved, 0.5)


def test_noise_differs_from_value_to_value(production):
    difference = changed(production, "noise").features - production[0]
    spread = (difference.std(ddof=0) / production[0].std(ddof=0)).mean()
    assert 0.2 < spread < 0.4


def test_scale_multiplies(production):
    ratio = changed(production, "scale", 0.25).features / production[0]
    assert np.allclose(ratio, 1.25)


def test_concept_changes_labels_of_the_asked_share_only(production):
    fouled = changed(production, "concept", 0.25)
    assert (fouled.target != production[1]).sum() == 9 == fouled.done["relabelled_samples"]
    assert fouled.features.equals(production[0])


def test_none_changes_nothing(production):
    fouled = changed(production, "none", 5.0)
    assert fouled.features.equals(production[0])
    assert fouled.target.equals(production[1])


@pytest.mark.parametrize(("fraction", "lost"), [(0.0, 0), (0.03, 1), (0.5, 18), (0.9, 32)])
def test_each_feature_loses_its_share(production, fraction, lost):
    missing = changed(production, "offset", missing=fraction).features.isna().sum()
    assert set(missing) == {lost}


def test_the_same_seed_gives_the_same_values_and_another_does_not(production):
    first = changed(production, "noise", missing=0.1)
    assert first.features.equals(changed(production, "noise", missing=0.1).features)
    assert not first.features.equals(changed(production, "noise", missing=0.1, seed=7).features)


def test_the_given_frame_is_left_alone(production):
    before = production[0].copy()
    changed(production, "offset", missing=0.5)
    assert production[0].equals(before)
