"""The groups by name, and which of them a request means."""

from collections.abc import Callable, Iterable, Mapping

from monitoring.service.checks.check import Check
from monitoring.service.checks.data_drift import data_drift
from monitoring.service.checks.data_quality import data_quality
from monitoring.service.checks.data_stability import data_stability
from monitoring.service.checks.no_target_performance import no_target_performance
from monitoring.service.checks.performance import multi_class_classification, regression_performance
from monitoring.service.comparison import Comparison
from monitoring.service.errors import GroupNotApplicable, NoGroupChosen, UnknownGroup
from monitoring.service.thresholds import Thresholds

Group = Callable[[Comparison, Thresholds], list[Check]]

_ANY_TARGET: dict[str, Group] = {
    "data_drift": data_drift,
    "data_quality": data_quality,
    "data_stability": data_stability,
    "no_target_performance": no_target_performance,
}
_CLASSES: dict[str, Group] = {**_ANY_TARGET, "multi_class_classification": multi_class_classification}
_NUMBERS: dict[str, Group] = {**_ANY_TARGET, "regression_performance": regression_performance}
GROUPS: dict[str, Group] = {**_CLASSES, **_NUMBERS}


def check_names(wanted: Mapping[str, bool] | None) -> None:
    """Refuse a choice of groups that no source could answer.

    Raises:
        UnknownGroup: with the known ones.
        NoGroupChosen: every group is false, or none is named.
    """
    if wanted is None:
        return
    unknown = [name for name in wanted if name not in GROUPS]
    if unknown:
        raise UnknownGroup(unknown, list(GROUPS))
    if not any(wanted.values()):
        raise NoGroupChosen(list(GROUPS))


def chosen_groups(wanted: Mapping[str, bool] | None, comparison: Comparison) -> dict[str, Group]:
    """Return the groups that are set to true, or all that fit the source's target where none is named.

    Raises:
        GroupNotApplicable: a group that was asked for is for another kind of target.
    """
    fitting = _CLASSES if comparison.is_classification else _NUMBERS
    if wanted is None:
        return fitting
    names = [name for name, yes in wanted.items() if yes]
    _check_fitting(names, fitting, comparison)
    return {name: group for name, group in fitting.items() if name in names}


def _check_fitting(names: Iterable[str], fitting: Mapping[str, Group], comparison: Comparison) -> None:
    misplaced = [name for name in names if name not in fitting]
    if misplaced:
        raise GroupNotApplicable(misplaced, comparison.schema, list(fitting))
