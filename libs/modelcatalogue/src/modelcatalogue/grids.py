"""Grids of hyperparameters, from a caller's names to the pipeline's and back."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from modelcatalogue.entries import entry
from modelcatalogue.entry import Entry
from modelcatalogue.errors import InvalidGrid
from modelcatalogue.hyperparameters import validate_name, validate_value
from modelcatalogue.pipelines import SEED

STEP = "model"
PREFIX = f"{STEP}__"


def candidates(hyperparameters: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> int:
    """Count the combinations in a grid, or in several, without making them.

    A value that is no list counts as one: whether it may stand there is for `grid` to say.
    """
    if not isinstance(hyperparameters, Mapping):
        return sum(candidates(one) for one in hyperparameters)
    return math.prod(len(values) if isinstance(values, list) else 1 for values in hyperparameters.values())


def grid(model_name: str, hyperparameters: Mapping[str, Any], seed: int = SEED) -> list[dict[str, list[Any]]]:
    """Check a grid and give it in the names of the pipeline that `build` makes, for GridSearchCV.

    It is a list because a model that is wrapped for some of its values needs one grid with the wrapper and
    one without.

    Raises UnknownModel, UnknownHyperparameter, InvalidHyperparameter, InvalidGrid.
    """
    found = entry(model_name)
    _validate(found, hyperparameters)
    return [_named(found, part, seed) for part in _parts(found, hyperparameters)]


def best_hyperparameters(pipeline_params: Mapping[str, Any]) -> dict[str, Any]:
    """Give the best parameters of a grid search back in the caller's names."""
    return {name.rpartition("__")[2]: value for name, value in pipeline_params.items() if name != STEP}


def _validate(found: Entry, hyperparameters: Mapping[str, Any]) -> None:
    if not isinstance(hyperparameters, Mapping):
        raise InvalidGrid(
            found.name, None, "must be an object of hyperparameters, each with a list of values"
        )
    if not hyperparameters:
        raise InvalidGrid(
            found.name, None, "is empty: give at least one hyperparameter with a list of values"
        )
    for name, values in hyperparameters.items():
        _validate_values(found, name, values)


def _validate_values(found: Entry, name: str, values: Any) -> None:
    validate_name(found, name)
    if not isinstance(values, list):
        raise InvalidGrid(found.name, name, f"must be a list, such as [{found.hyperparameters[name]}]")
    if not values:
        raise InvalidGrid(found.name, name, "are an empty list: give at least one")
    for value in values:
        validate_value(found, name, value)


def _parts(found: Entry, hyperparameters: Mapping[str, list[Any]]) -> list[dict[str, list[Any]]]:
    """Split a grid where some values of a hyperparameter need the wrapper and others do not."""
    if found.wrapped_when is None or found.wrapped_when[0] not in hyperparameters:
        return [dict(hyperparameters)]
    name, value = found.wrapped_when
    wrapped = [one for one in hyperparameters[name] if one == value]
    bare = [one for one in hyperparameters[name] if one != value]
    return [{**hyperparameters, name: part} for part in (wrapped, bare) if part]


def _named(found: Entry, part: Mapping[str, list[Any]], seed: int) -> dict[str, list[Any]]:
    first = {name: values[0] for name, values in part.items()}
    wrapper = found.wrapper_for(first)
    prefix = PREFIX if wrapper is None else f"{PREFIX}{wrapper.prefix}"
    # Where wrapping depends on a value, the search has to put the right estimator into the step itself.
    step = {} if found.wrapped_when is None else {STEP: [found.made({}, seed)]}
    if wrapper is not None and step:
        step = {STEP: [wrapper.around(found.made({}, seed))]}
    return {**step, **{f"{prefix}{name}": list(values) for name, values in part.items()}}
