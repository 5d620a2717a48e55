"""What a verdict says, and that it says it in numbers."""

from dataclasses import replace

import pytest

from ml_model.serving.arm_counts import ArmCounts, Clusters
from ml_model.serving.verdict import Rules, judge

RULES = Rules()


def arm(name, requests=2000, labelled=None, correct=0, **others):
    trials = requests if labelled is None else labelled
    return ArmCounts(
        name,
        others.pop("share", 50),
        requests=requests,
        units=others.pop("units", requests),
        p50_ms=1.0,
        p99_ms=others.pop("p99_ms", 2.0),
        feedback=others.pop("feedback", Clusters.single(trials, correct)),
        **others,
    )


def test_a_proven_difference_promotes_the_challenger():
    verdict = judge([arm("old", correct=1600), arm("new", correct=1800)], RULES)
    assert (verdict.decision, verdict.winner) == ("promote", 1)
    assert verdict.summary == "new is better than old."
    (reason,) = verdict.reasons
    assert "1800 of 2000 (90.0 %)" in reason
    assert "+10.0 percentage points" in reason
    assert verdict.comparisons[0].lower > 0


def test_a_proven_loss_keeps_the_control():
    verdict = judge([arm("old", correct=1800), arm("new", correct=1600)], RULES)
    assert (verdict.decision, verdict.winner) == ("keep", None)
    assert "below 0" in verdict.reasons[0]


def test_a_small_difference_is_too_early():
    verdict = judge([arm("old", correct=1700), arm("new", correct=1720)], RULES)
    assert verdict.decision == "inconclusive"
    assert "contains 0" in verdict.reasons[0]


@pytest.mark.parametrize(
    ("arms", "words"),
    [
        ([arm("old", 0), arm("new", 0)], "No arm had a request yet."),
        ([arm("old", 3, 0), arm("new", 2, 0)], "old answered 3 requests, and none has feedback."),
        ([arm("old", 3, 3, 3), arm("new", 0)], "new had no request yet."),
        ([arm("old", 1, 0), arm("new", 1, 1, 1)], "old answered 1 request, and none has feedback."),
        ([arm("old", 99, 99, 80), arm("new", 110, 110, 0)], "the least that is judged is 100."),
    ],
)
def test_what_is_missing_is_said_and_never_divided_by(arms, words):
    verdict = judge(arms, RULES)
    assert verdict.decision == "inconclusive"
    assert verdict.comparisons == ()
    assert any(words in reason for reason in verdict.reasons)


def test_arms_without_their_share_make_a_test_invalid():
    verdict = judge([arm("old", 2000, correct=1000), arm("new", 2400, correct=2400)], RULES)
    assert (verdict.decision, verdict.winner) == ("invalid", None)
    assert "p = 2e-09" in verdict.reasons[0]
    assert "new has 54.5 % instead of 50.0 %" in verdict.reasons[0]


def test_shares_are_checked_on_subjects_not_on_their_requests():
    busy = arm("new", 9000, correct=8000, units=2010)
    assert judge([arm("old", 2000, correct=1500), busy], RULES).decision != "invalid"


def test_a_better_challenger_that_fails_too_often_is_not_promoted():
    verdict = judge([arm("old", correct=1600), arm("new", correct=1800, errors=60)], RULES)
    assert verdict.decision == "keep"
    assert any("failed in 3.0 % of 2000 requests (old in 0.0 %)" in reason for reason in verdict.reasons)


def test_a_better_challenger_that_is_slow_is_not_promoted():
    verdict = judge([arm("old", correct=1600), arm("new", correct=1800, p99_ms=20.0)], RULES)
    assert verdict.decision == "keep"
    assert any("20.0 ms at p99" in reason for reason in verdict.reasons)


def test_p99_of_few_requests_is_not_judged_but_said():
    verdict = judge([arm("old", 300, correct=150), arm("new", 300, correct=290, p99_ms=200.0)], RULES)
    assert verdict.decision == "promote"
    assert any("p99 is judged from 500 requests" in text for text in verdict.cautions)


def test_milliseconds_that_nobody_notices_do_not_count():
    fast = arm("old", correct=1600, p99_ms=0.1)
    assert judge([fast, arm("new", correct=1800, p99_ms=4.0)], RULES).decision == "promote"


def test_several_challengers_divide_alpha_and_the_best_is_promoted():
    arms = [arm("old", correct=1500), arm("new", correct=1650), arm("newest", correct=1800)]
    verdict = judge([replace(one, share=100 / 3) for one in arms], RULES)
    assert (verdict.decision, verdict.winner) == ("promote", 2)
    assert {one.alpha for one in verdict.comparisons} == {0.025}


def test_one_worse_and_one_open_challenger_is_too_early():
    arms = [arm("old", correct=1700), arm("new", correct=1400), arm("newest", correct=1700)]
    assert judge([replace(one, share=100 / 3) for one in arms], RULES).decision == "inconclusive"


def test_few_subjects_with_many_requests_prove_nothing():
    def of_subjects(subjects, right, each):
        return Clusters(
            subjects, subjects * each, right * each, subjects * each**2, right * each**2, right * each**2
        )

    def busy(name, right):
        feedback = of_subjects(150, right, 20)
        return arm(name, 3000, units=150, feedback=feedback)

    assert judge([busy("old", 120), busy("new", 130)], RULES).decision == "inconclusive"
    independent = [arm("old", 3000, correct=2400), arm("new", 3000, correct=2600)]
    assert judge(independent, RULES).decision == "promote"
    wide, narrow = busy("old", 120).interval, independent[0].interval
    assert wide[1] - wide[0] > 3 * (narrow[1] - narrow[0])


def test_unequal_feedback_is_a_caution():
    verdict = judge([arm("old", 2000, 1900, 1500), arm("new", 2000, 900, 700)], RULES)
    assert any("Feedback is not equally frequent" in text for text in verdict.cautions)
