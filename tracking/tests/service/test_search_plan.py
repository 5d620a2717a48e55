"""What can be wrong with a plan, all of it told without data."""

import time

import pytest

from tracking.service.errors import InvalidOptimization, UnknownModel
from tracking.service.search_plan import SearchPlan, check_folds, check_plan

GRIDS = {"SVC": {"C": [0.1, 10], "kernel": ["linear", "rbf"]}, "DecisionTree": {"max_depth": [2, None]}}


def plan(models=("SVC",), grids=GRIDS, scoring="accuracy", cv=5):
    return SearchPlan(tuple(models), grids, scoring, cv, "standard")


def test_a_plan_that_can_be_searched_passes():
    check_plan(plan(["SVC", "DecisionTree"]), 6)


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        (plan(["SVC", "SVC"]), "models", "more than once"),
        (plan(["KNeighbors"]), "hyperparameters", "KNeighbors"),
        (plan(grids={"SVC": {}}), "hyperparameters.SVC", "empty"),
        (plan(grids={"SVC": {"C": []}}), "hyperparameters.SVC.C", "empty list"),
        (plan(grids={"SVC": {"gama": [1]}}), "hyperparameters.SVC.gama", "gamma"),
        (plan(grids={"SVC": {"C": [1, -1]}}), "hyperparameters.SVC.C", "above 0"),
        (plan(grids={"SVC": {"C": [True]}}), "hyperparameters.SVC.C", "number"),
        (plan(scoring="beauty"), "scoring", "balanced_accuracy"),
    ],
)
def test_a_fault_names_its_field_and_what_to_do(wrong, field, says):
    with pytest.raises(InvalidOptimization, match=says) as raised:
        check_plan(wrong, 1_000)
    assert [fault["field"] for fault in raised.value.details] == [field]


def test_an_unknown_model_lists_the_known_ones():
    with pytest.raises(UnknownModel, match="RandomForest") as raised:
        check_plan(plan(["Oracle", "SVC", "Seer"]), 1_000)
    assert raised.value.error == "Model not Found"
    assert len(raised.value.details) == 2


def test_the_grids_of_all_models_together_are_limited():
    check_plan(plan(["SVC", "DecisionTree"]), 6)
    with pytest.raises(InvalidOptimization, match="6 combinations; at most 5"):
        check_plan(plan(["SVC", "DecisionTree"]), 5)


def test_a_huge_grid_is_counted_and_not_made():
    values = [value + 1 for value in range(1_000)]
    started = time.perf_counter()
    with pytest.raises(InvalidOptimization, match="1000000000000 combinations"):
        check_plan(
            plan(grids={"SVC": {"C": values, "coef0": values, "degree": values, "tol": values}}), 1_000
        )
    assert time.perf_counter() - started < 0.1


def test_grids_of_models_that_are_not_asked_for_do_not_matter():
    check_plan(plan(grids={**GRIDS, "Oracle": {"C": []}}), 4)


def test_there_are_as_many_folds_as_samples_of_the_smallest_class():
    check_folds(29, 29)
    with pytest.raises(InvalidOptimization, match="from 2 to 29"):
        check_folds(30, 29)
    with pytest.raises(InvalidOptimization, match="single sample"):
        check_folds(2, 1)
