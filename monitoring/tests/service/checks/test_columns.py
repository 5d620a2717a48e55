import numpy as np
import pytest

from monitoring.service.checks.columns import mean_tolerance


def test_a_mean_far_from_zero_may_move_by_a_tenth(compare, labelled):
    reference = labelled()
    reference.features["length"] += 990
    comparison = compare(reference, labelled(seed=1))
    assert mean_tolerance(comparison, "length") == pytest.approx(0.1 * reference.features["length"].mean())


def test_a_mean_near_zero_may_move_by_two_standard_errors(compare, labelled):
    comparison = compare(labelled(rows=100), labelled(rows=25, seed=1))
    expected = 2 * comparison.reference.frame["width"].std() * np.sqrt(1 / 100 + 1 / 25)
    assert mean_tolerance(comparison, "width") == pytest.approx(expected)


def test_one_row_has_no_standard_error(compare, labelled):
    comparison = compare(labelled(rows=1), labelled(seed=1))
    assert mean_tolerance(comparison, "width") == pytest.approx(
        0.1 * abs(comparison.reference.frame["width"].iloc[0])
    )
