"""Descriptive statistics, against figures that were worked out by hand."""

import pytest

from tracking.service.metric_statistics import statistics_of

GUIDE = [0.9245283018867925, 0.8867924528301887, 0.9150943396226415]


def test_the_guides_accuracies_have_the_guides_statistics():
    found = statistics_of(GUIDE)
    assert found.mean == pytest.approx(0.9088050314465409, abs=1e-12)
    assert found.median == 0.9150943396226415
    assert found.std_dev == pytest.approx(0.016034652558467873, abs=1e-12)
    assert found.variance == pytest.approx(0.0002571100826707803, abs=1e-12)
    assert (found.min, found.max, found.count) == (0.8867924528301887, 0.9245283018867925, 3)


def test_quartiles_interpolate_linearly():
    assert statistics_of([1, 2, 3, 4]).iqr == pytest.approx(1.5)
    assert statistics_of([1, 2, 3, 4, 5]).iqr == pytest.approx(2.0)


def test_the_mode_is_the_most_frequent_and_the_smallest_of_several():
    assert statistics_of([3, 1, 3, 2]).mode == 3
    assert statistics_of([3, 1, 2]).mode == 1
    assert statistics_of([3, 1, 3, 1, 9]).mode == 1


def test_one_number_is_its_own_summary():
    found = statistics_of([0.5])
    assert (found.mean, found.median, found.mode, found.min, found.max) == (0.5,) * 5
    assert (found.std_dev, found.variance, found.iqr, found.count) == (0.0, 0.0, 0.0, 1)


def test_what_is_too_large_for_a_double_is_none_and_warns_nobody():
    found = statistics_of([1e308, -1e308])
    assert found.variance is None
    assert found.max == 1e308
