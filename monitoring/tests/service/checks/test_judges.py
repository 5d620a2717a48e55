import math

import pytest

from monitoring.service.checks.judges import (
    at_most_reference,
    listed,
    near_reference,
    no_class_worse,
    no_drift,
    no_worse,
    none_vanished,
    share_at_most,
    share_at_most_reference,
)
from monitoring.service.measurement import Measured, MetricFailed


def measured(value, reference=None, status=None, **settings):
    return Measured("id", value, reference, status, settings)


def passed(judge, value, reference=None):
    return [finding.passed for finding in judge(measured(value, reference))]


def test_a_share_may_be_a_tenth_above_the_reference_s_whatever_the_sizes():
    judge = share_at_most_reference("missing values", 1_000, 100)
    assert passed(judge, {"count": 110}, {"count": 10}) == [True]
    assert passed(judge, {"count": 111}, {"count": 10}) == [False]
    assert passed(judge, 0, 0) == [True]
    assert passed(judge, 1, 0) == [False]


def test_a_count_may_not_be_above_the_reference_s():
    assert passed(at_most_reference("constant features"), 2, 2) == [True]
    assert passed(at_most_reference("constant features"), 3, 2) == [False]


def test_a_share_has_a_fixed_limit():
    assert passed(share_at_most("out of range", 0.1), {"count": 10, "share": 0.1}) == [True]
    assert passed(share_at_most("out of range", 0.1), {"count": 11, "share": 0.11}) == [False]


def test_a_mean_may_move_within_its_tolerance_to_both_sides():
    assert [passed(near_reference(0.5), value, 10.0)[0] for value in (9.5, 10.5, 9.4, 10.6)] == [
        True,
        True,
        False,
        False,
    ]


def test_a_better_score_passes_and_a_worse_one_within_the_drop():
    assert [passed(no_worse(0.1), value, 0.9)[0] for value in (1.0, 0.81, 0.80)] == [True, True, False]
    errors = no_worse(0.1, smaller_is_better=True)
    assert [passed(errors, value, 2.0)[0] for value in (0.1, 2.2, 2.3)] == [True, True, False]
    assert [passed(no_worse(0.1), value, -1.0)[0] for value in (-0.9, -1.1, -1.2)] == [True, True, False]


def test_only_classes_of_both_sets_are_judged_and_with_a_wider_drop():
    findings = no_class_worse(0.1)(
        measured({"a": 0.8, "b": 0.7, "new": 0.0}, {"a": 1.0, "b": 1.0, "gone": 1.0})
    )
    assert [(finding.label, finding.passed) for finding in findings] == [("a", True), ("b", False)]


def test_only_what_was_to_be_expected_can_vanish():
    judge = none_vanished(100, 1_000)
    assert passed(judge, {"counts": {"a": 100, "rare": 0}}, {"counts": {"a": 960, "rare": 40}}) == [True]
    assert passed(judge, {"counts": {"a": 100}}, {"counts": {"a": 950, "b": 50}}) == [False]
    assert passed(judge, {"counts": {"new": 100}}, {"counts": {"a": 10}}) == [True]


@pytest.mark.parametrize("figure", [math.nan, math.inf, None])
def test_a_figure_that_is_no_number_is_an_error_not_a_pass(figure):
    for judge in (no_drift, near_reference(1.0), no_worse(0.1)):
        with pytest.raises(MetricFailed, match="not a number"):
            judge(measured(figure, 1.0, "SUCCESS", method="K-S p_value", threshold=0.05))


def test_long_lists_are_cut_and_counted():
    assert listed(["a", "b"]) == "a, b"
    assert listed([str(number) for number in range(12)]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"
