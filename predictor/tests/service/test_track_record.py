import pytest

from predictor.persistence.repository.predictions import LevelCoverage
from predictor.service.track_record import coverage_check


@pytest.mark.parametrize(
    ("intervals", "covered", "holds"),
    [
        (1000, 900, True),
        (1000, 885, True),
        (1000, 850, False),
        (1000, 990, True),
        (100, 80, False),
        (100, 84, True),
        (20, 10, False),
        (19, 0, None),
    ],
)
def test_coverage_is_judged_against_the_promise(intervals, covered, holds):
    assert coverage_check(LevelCoverage(0.9, intervals, covered)).holds is holds


def test_a_binomial_test_says_how_likely_it_is():
    """900 of 1,000 is what 90 % promises; 870 happens to fewer than 1 in 100."""
    assert coverage_check(LevelCoverage(0.9, 1000, 900)).p_value > 0.9
    assert coverage_check(LevelCoverage(0.9, 1000, 870)).p_value < 0.01
