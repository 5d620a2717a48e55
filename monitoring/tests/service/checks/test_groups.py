import pytest

from monitoring.service.checks.groups import GROUPS, check_names, chosen_groups
from monitoring.service.errors import GroupNotApplicable, NoGroupChosen, UnknownGroup

COMMON = ["data_drift", "data_quality", "data_stability", "no_target_performance"]


@pytest.fixture
def classified(compare, labelled):
    return compare(labelled(), labelled(seed=1))


@pytest.fixture
def numeric(compare, priced, prices):
    return compare(priced(), priced(seed=1), prices)


def test_all_that_fit_the_target_are_meant_when_none_is_named(classified, numeric):
    assert list(chosen_groups(None, classified)) == [*COMMON, "multi_class_classification"]
    assert list(chosen_groups(None, numeric)) == [*COMMON, "regression_performance"]


def test_only_those_that_are_true_are_meant(classified):
    wanted = {"data_quality": True, "data_drift": True, "multi_class_classification": False}
    assert list(chosen_groups(wanted, classified)) == ["data_drift", "data_quality"]


def test_an_unknown_group_is_refused_with_the_known_ones():
    with pytest.raises(UnknownGroup) as raised:
        check_names({"data_drift": True, "drift": False})
    assert "drift" in raised.value.message
    assert all(name in raised.value.message for name in GROUPS)
    assert raised.value.details == [{"field": "tests.drift", "reason": f"known are: {', '.join(GROUPS)}"}]


@pytest.mark.parametrize("wanted", [{}, {"data_drift": False}, dict.fromkeys(GROUPS, False)])
def test_a_choice_of_nothing_is_refused(wanted):
    with pytest.raises(NoGroupChosen):
        check_names(wanted)


def test_classes_are_not_judged_by_regression_s_group_nor_numbers_by_that_of_classes(classified, numeric):
    with pytest.raises(GroupNotApplicable, match="multi_class_classification"):
        chosen_groups({"regression_performance": True}, classified)
    with pytest.raises(GroupNotApplicable, match="regression_performance"):
        chosen_groups({"multi_class_classification": True}, numeric)
    assert list(chosen_groups({"data_drift": True, "multi_class_classification": False}, numeric)) == [
        "data_drift"
    ]
