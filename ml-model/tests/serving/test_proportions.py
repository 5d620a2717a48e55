"""Intervals and chi-square checks, against scipy."""

import pytest
from scipy.stats import binomtest, chi2_contingency, chisquare

from ml_model.serving.proportions import same_share_p, sample_ratio_p, wilson


@pytest.mark.parametrize(("hits", "trials"), [(0, 1), (1, 1), (3, 10), (80, 100), (1000, 1000), (5, 20_000)])
def test_wilson_is_the_one_of_scipy(hits, trials):
    expected = binomtest(hits, trials).proportion_ci(0.95, "wilson")
    assert wilson(hits, trials) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_nothing_tried_has_no_interval():
    assert wilson(0, 0) is None


def test_the_sample_ratio_check_is_a_chi_square():
    p = sample_ratio_p([5200, 4800], [50, 50])
    assert p == pytest.approx(chisquare([5200, 4800], [5000, 5000]).pvalue)
    assert p < 0.001
    assert sample_ratio_p([8000, 1000, 1000], [80, 10, 10]) == pytest.approx(1)


def test_too_few_are_not_checked():
    assert sample_ratio_p([4, 0], [50, 50]) is None
    assert sample_ratio_p([0, 0], [50, 50]) is None
    assert same_share_p([0, 0], [0, 0]) is None


def test_feedback_shares_are_compared_by_chi_square():
    expected = chi2_contingency([[60, 40], [30, 70]], correction=False).pvalue
    assert same_share_p([60, 30], [100, 100]) == pytest.approx(expected)
