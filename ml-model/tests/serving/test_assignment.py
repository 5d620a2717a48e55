"""Who meets which arm."""

import numpy as np
import pytest
from scipy.stats import chisquare

from ml_model.serving.assignment import assign

KEYS = [f"subject-{number}" for number in range(20_000)]


@pytest.mark.parametrize("shares", [(50, 50), (90, 10), (20, 30, 50), (33.4, 33.3, 33.3)])
def test_arms_get_their_shares(shares: tuple[float, ...]) -> None:
    counts = np.bincount([assign(7, shares, key) for key in KEYS], minlength=len(shares))
    assert chisquare(counts, np.asarray(shares) / sum(shares) * len(KEYS)).pvalue > 0.001


def test_a_key_stays_in_its_arm() -> None:
    first, again = ([assign(3, (50, 50), key) for key in KEYS[:500]] for _ in range(2))
    assert first == again


def test_the_assignment_is_the_same_in_every_process_and_release() -> None:
    arms = [assign(1, (50, 50), f"wine-{number}") for number in range(12)]
    assert arms == [0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0]


def test_two_tests_mix_the_same_subjects_independently() -> None:
    table = np.zeros((2, 2))
    for key in KEYS:
        table[assign(1, (50, 50), key), assign(2, (50, 50), key)] += 1
    assert chisquare(table.ravel()).pvalue > 0.001


def test_neighbouring_numbers_are_spread_evenly() -> None:
    counts = np.bincount([assign(1, (50, 50), str(number)) for number in range(20_000)])
    assert chisquare(counts).pvalue > 0.001


def test_an_arm_without_a_share_gets_nobody() -> None:
    assert {assign(5, (0, 100, 0), key) for key in KEYS[:1000]} == {1}


def test_any_text_is_a_key() -> None:
    assert {assign(5, (50, 50), key) for key in ("", "ключ", "\ud800", "x" * 10_000)} <= {0, 1}
