"""All groups on real Evidently, on sets as they should be and as they should not."""

import dataclasses
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from monitoring.service.checks.groups import GROUPS
from monitoring.service.group_testing import run_groups
from monitoring.service.thresholds import Thresholds


def run(comparison, *groups):
    wanted = dict.fromkeys(groups, True) if groups else None
    return run_groups(comparison, wanted, Thresholds())


def by_name(outcomes):
    named = {(outcome.group, outcome.name): outcome for outcome in outcomes}
    assert len(named) == len(outcomes), "names are unique within a group"
    return named


def not_passed(outcomes):
    return {outcome.name for outcome in outcomes if outcome.status != "SUCCESS"}


def without(labelled_frame, **columns):
    return dataclasses.replace(labelled_frame, features=labelled_frame.features.assign(**columns))


EMPTY = {
    "length": np.nan,
    "petals": pd.array([pd.NA] * 50, dtype="Int64"),
    "wild": pd.array([pd.NA] * 50, dtype="boolean"),
    "colour": pd.Categorical([None] * 50, categories=["red"]),
}
CONSTANT = {
    "length": 1.0,
    "petals": pd.array([3] * 50, dtype="Int64"),
    "wild": pd.array([True] * 50, dtype="boolean"),
    "colour": pd.Categorical(["red"] * 50),
}


def test_a_set_passes_all_tests_against_itself(compare, labelled):
    outcomes = run(compare(labelled(), labelled()))
    assert not_passed(outcomes) == set()
    assert set(Counter(outcome.group for outcome in outcomes)) == set(GROUPS) - {"regression_performance"}
    by_name(outcomes)


def test_the_same_sets_give_the_same_outcomes(compare, labelled):
    comparison = compare(labelled(), labelled(seed=1))
    assert run(comparison) == run(comparison)


def test_features_that_moved_are_found(compare, labelled):
    named = by_name(run(compare(labelled(), labelled(seed=1, shift=3.0))))
    assert named["data_drift", "ValueDrift(length)"].status == "FAIL"
    assert named["data_drift", "ValueDrift(petals)"].status == "SUCCESS"
    assert named["data_stability", "MeanValue(length)"].status == "FAIL"
    assert named["data_stability", "OutRangeValueCount(width)"].status == "FAIL"
    assert named["data_drift", "ValueDrift(length)"].column == "length"


def test_a_worse_model_is_found(compare, labelled):
    named = by_name(
        run(compare(labelled(correct=1.0), labelled(seed=1, correct=0.5)), "multi_class_classification")
    )
    assert named["multi_class_classification", "Accuracy"].status == "FAIL"
    assert named["multi_class_classification", "F1Score"].status == "FAIL"
    assert named["multi_class_classification", "F1ByLabel(daisy)"].label == "daisy"
    assert len(named) == 2 + 3 * 3


def test_missing_values_are_tested_apart_from_drift(compare, labelled):
    current = labelled()
    current.features.loc[::5, "length"] = np.nan
    failed = not_passed(run(compare(labelled(), current), "data_drift", "data_quality"))
    assert failed == {"DatasetMissingValueCount", "MissingValueCount(length)"}


def test_a_model_that_is_always_right_is_no_duplicated_column(compare, labelled):
    outcomes = run(compare(labelled(correct=0.9), labelled(correct=1.0)), "data_quality")
    assert not_passed(outcomes) == set()


@pytest.mark.parametrize("side", ["reference", "current", "both"])
def test_features_without_values_fail_by_name_and_the_rest_is_tested(compare, labelled, side):
    reference = without(labelled(), **EMPTY) if side != "current" else labelled()
    current = without(labelled(), **EMPTY) if side != "reference" else labelled()
    outcomes = run(compare(reference, current))
    named = by_name(outcomes)
    for group in ("data_drift", "data_quality", "data_stability", "no_target_performance"):
        for feature in EMPTY:
            assert named[group, f"HasValues({feature})"].status == "FAIL"
    assert named["data_drift", "ValueDrift(width)"].status == "SUCCESS"
    assert named["data_drift", "DriftedColumnsCount"].status == "SUCCESS"
    assert not [outcome for outcome in outcomes if outcome.status == "ERROR"]


def test_a_set_without_any_value_still_gets_its_answer(compare, labelled):
    current = without(labelled(), **EMPTY, width=np.nan)
    outcomes = run(compare(labelled(), current))
    assert len([outcome for outcome in outcomes if outcome.metric == "HasValues"]) == 4 * 5
    assert by_name(outcomes)["multi_class_classification", "Accuracy"].status == "SUCCESS"


def test_infinite_values_are_named_and_otherwise_missing(compare, labelled):
    current = labelled()
    current.features.loc[:2, "length"] = np.inf
    named = by_name(run(compare(labelled(), current), "data_quality"))
    assert named["data_quality", "InfiniteValueCount"].status == "FAIL"
    assert "length (3)" in named["data_quality", "InfiniteValueCount"].description
    assert named["data_quality", "MissingValueCount(length)"].status == "FAIL"
    everything = without(labelled(), length=-np.inf)
    assert "HasValues(length)" in not_passed(run(compare(labelled(), everything), "data_drift"))


def test_features_that_became_constant_are_found(compare, labelled):
    failed = not_passed(run(compare(labelled(), without(labelled(), **CONSTANT))))
    assert {"ConstantColumnsCount", "ValueDrift(length)", "ValueDrift(wild)", "ValueDrift(colour)"} <= failed
    always = without(labelled(), **CONSTANT)
    assert not_passed(run(compare(always, without(labelled(), **CONSTANT)))) == set()


def test_new_and_vanished_categories_are_found(compare, labelled):
    current = without(labelled(), colour=pd.Categorical(["green"] * 50))
    failed = not_passed(run(compare(labelled(), current)))
    assert {"ValueDrift(colour)", "OutListValueCount(colour)", "UniqueValueCount(colour)"} <= failed


def test_a_class_that_is_gone_is_found_and_the_others_are_judged(compare, labelled):
    outcomes = run(compare(labelled(correct=1.0), labelled(correct=1.0, classes=("daisy", "rose"))))
    named = by_name(outcomes)
    assert named["data_quality", "UniqueValueCount(kind)"].status == "FAIL"
    assert "tulip" in named["data_quality", "UniqueValueCount(kind)"].description
    assert named["multi_class_classification", "RecallByLabel(rose)"].status == "SUCCESS"
    assert ("multi_class_classification", "RecallByLabel(tulip)") not in named
    assert not [outcome for outcome in outcomes if outcome.status == "ERROR"]


def test_a_class_that_is_new_is_no_error(compare, labelled):
    outcomes = run(compare(labelled(classes=("daisy", "rose")), labelled()))
    assert not [outcome for outcome in outcomes if outcome.status == "ERROR"]


@pytest.mark.parametrize(("reference", "current"), [(1, 50), (50, 1), (1, 1), (2, 3)])
def test_very_small_sets_are_no_error(compare, labelled, reference, current):
    outcomes = run(compare(labelled(rows=reference), labelled(rows=current, seed=1)))
    assert not [outcome for outcome in outcomes if outcome.status == "ERROR"]


def test_another_number_of_rows_is_found_though_the_set_was_sampled(compare, labelled):
    comparison = compare(labelled(rows=1_000), labelled(rows=2_000, seed=1), rows=500)
    named = by_name(run(comparison, "data_stability"))
    assert named["data_stability", "RowCount"].status == "FAIL"
    assert "2000 rows" in named["data_stability", "RowCount"].description


def test_two_classes_of_text_are_judged(compare, labelled, flowers):
    target = dataclasses.replace(flowers.target, classes=("no", "yes"))
    schema = dataclasses.replace(flowers, target=target)
    sets = [labelled(classes=("no", "yes"), correct=correct) for correct in (1.0, 0.5)]
    named = by_name(run(compare(*sets, schema)))
    assert named["multi_class_classification", "F1ByLabel(yes)"].status == "FAIL"
    assert not [outcome for outcome in named.values() if outcome.status == "ERROR"]


def test_a_regression_is_judged_by_its_errors(compare, priced, prices):
    same = run(compare(priced(), priced(), prices))
    assert not_passed(same) == set()
    worse = by_name(run(compare(priced(), priced(seed=1, error=5.0), prices), "regression_performance"))
    assert {outcome.status for outcome in worse.values()} == {"FAIL"}
    assert {name for _, name in worse} == {"RMSE", "MAE", "R2Score"}


def test_what_cannot_be_computed_is_an_error_of_its_own_with_the_reason(compare, priced, prices):
    current = priced(seed=1)
    current.predictions.iloc[3] = np.inf
    outcomes = run(compare(priced(), current, prices), "data_drift", "regression_performance")
    broken = [outcome for outcome in outcomes if outcome.status == "ERROR"]
    assert [outcome.name for outcome in broken] == ["RMSE", "MAE", "R2Score"]
    assert all("NaN" in outcome.description for outcome in broken)
    assert len(outcomes) == 3 + 1 + 5
