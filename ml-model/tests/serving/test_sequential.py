"""The confidence sequence: its formula, and what it holds to in simulated tests."""

import numpy as np
import pytest

from ml_model.serving.arm_counts import ArmCounts, Clusters
from ml_model.serving.sequential import clustered_variance, difference_margin, margin, mixing, share_variance
from ml_model.serving.simulation import (
    Traffic,
    fixed_size_winners,
    look,
    sequence_winners,
    share_ever,
)
from ml_model.serving.verdict import Rules, judge

TESTS = 2_000
RULES = Rules()


def test_the_margin_is_the_one_of_the_paper():
    n, rho = 1000.0, np.sqrt(mixing(0.05, 5000))
    assert rho == pytest.approx(np.sqrt((-2 * np.log(0.05) + np.log(-2 * np.log(0.05) + 1)) / 5000))
    by_hand = np.sqrt(2 * (n * rho**2 + 1) / (n**2 * rho**2) * np.log(np.sqrt(n * rho**2 + 1) / 0.05))
    assert margin(1.0, n, 0.05, 5000) == pytest.approx(by_hand)


def test_the_sequence_is_wider_than_an_interval_for_one_look_and_least_so_where_it_is_tuned():
    n = np.arange(50, 100_000)
    wider = margin(1.0, n, 0.05, 2000) / (1.96 / np.sqrt(n))
    assert wider.min() > 1.3
    assert abs(n[wider.argmin()] - 2000) < 600


@pytest.mark.parametrize("accuracy", [0.5, 0.8, 0.97])
@pytest.mark.parametrize("share", [50, 10])
def test_two_equal_arms_seldom_get_a_winner_with_a_look_after_every_50_requests(accuracy, share):
    seen = look(Traffic((accuracy, accuracy), share=share, requests=5000), TESTS, seed=42)
    assert share_ever(sequence_winners(seen, RULES)) <= 0.05
    if share == 50:
        assert share_ever(fixed_size_winners(seen, RULES)) > 0.2


@pytest.mark.parametrize("feedback_share", [1.0, 0.5])
def test_80_against_90_per_cent_is_found_within_2000_requests_an_arm(feedback_share):
    seen = look(Traffic((0.8, 0.9), feedback_share=feedback_share, requests=4000), TESTS, seed=42)
    winners = sequence_winners(seen, RULES)
    assert share_ever(winners, of=1) >= 0.9
    assert share_ever(winners, of=-1) == 0


def test_the_simulation_decides_as_the_verdict_does():
    seen = look(Traffic((0.8, 0.9), requests=2000), 10, seed=7)
    winners = sequence_winners(seen, RULES)
    decided = {-1: "keep", 0: "inconclusive", 1: "promote"}
    for place in np.ndindex(winners.shape):
        arms = []
        for name, trials, hits in zip("ab", seen.trials, seen.hits, strict=True):
            requests = int(trials[place])
            feedback = Clusters.single(requests, int(hits[place]))
            arms.append(ArmCounts(name, 50, requests, requests, feedback=feedback))
        verdict = judge(arms, RULES)
        assert verdict.decision in (decided[int(winners[place])], "invalid")


def test_no_misses_yet_is_no_proof():
    assert share_variance(100, 100) > 0


def test_single_requests_have_the_variance_of_a_share():
    assert clustered_variance(Clusters.single(200, 150)) == pytest.approx(0.75 * 0.25 / 200)


def test_subjects_that_are_alike_in_themselves_do_not_make_winners():
    """Each subject sends 20 requests that are all right or all wrong: 20 times fewer facts than requests."""
    random = np.random.default_rng(42)
    per_subject, looks, tests = 20, 40, 1_000
    right = random.binomial(10, 0.8, (2, tests, looks)).cumsum(axis=2)
    units = np.broadcast_to(np.arange(1, looks + 1) * 10, right.shape)
    trials, hits = units * per_subject, right * per_subject
    share = hits / trials
    naive = share_variance(hits, trials)
    clusters = Clusters(
        units, trials, hits, units * per_subject**2, right * per_subject**2, right * per_subject**2
    )
    clustered = clustered_variance(clusters)
    difference = share[1] - share[0]
    blind = np.abs(difference) > difference_margin(naive.sum(axis=0), trials, 0.05, 2000)
    aware = np.abs(difference) > difference_margin(clustered.sum(axis=0), units, 0.05, 2000)
    assert blind[:, 10:].any(axis=1).mean() > 0.3
    assert aware[:, 10:].any(axis=1).mean() <= 0.05
