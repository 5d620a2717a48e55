"""A try-out of hyperparameters on a tiny set, for what only the model itself can tell."""

import itertools
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from modelcatalogue.entries import entry
from modelcatalogue.entry import Entry
from modelcatalogue.errors import IncompatibleHyperparameters
from modelcatalogue.hyperparameters import validate
from modelcatalogue.pipelines import NONE, SEED, build

ROWS_PER_CLASS = 20
FEATURES = 8
GRID_TRIES = 32


def try_out(model_name: str, hyperparameters: Mapping[str, Any]) -> None:
    """Fit the model on 60 rows of three classes, with its costly hyperparameters cut down.

    Raises IncompatibleHyperparameters with the model's own words when it refuses, and what `validate` raises.
    """
    given = validate(model_name, hyperparameters)
    reason = _refusal(entry(model_name), given)
    if reason is not None:
        raise IncompatibleHyperparameters(model_name, given, reason)


def try_out_grid(model_name: str, hyperparameters: Mapping[str, list[Any]]) -> None:
    """Look for a combination that the model takes, among the first of a checked grid.

    Raises IncompatibleHyperparameters when there is none: then a search would fail as a whole.
    """
    found = entry(model_name)
    combinations = itertools.product(*hyperparameters.values())
    reason = None
    for values in itertools.islice(combinations, GRID_TRIES):
        reason = _refusal(found, dict(zip(hyperparameters, values, strict=True)))
        if reason is None:
            return
    raise IncompatibleHyperparameters(model_name, hyperparameters, reason or "the grid is empty")


def _refusal(found: Entry, hyperparameters: Mapping[str, Any]) -> str | None:
    """Give the words with which the model refuses the hyperparameters, or None."""
    cut = {name: _clamped(found, name, value) for name, value in hyperparameters.items()}
    features, target = _tiny()
    try:
        build(found.name, cut, NONE, SEED).fit(features, target).predict(features)
    except Exception as error:  # noqa: BLE001 - each library has its own exceptions for a bad combination
        return _words(error)
    return None


def _words(error: Exception) -> str:
    """Give the first line of what a library says, without time and source file (XGBoost)."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return re.sub(r"^\[[\d:]+\] \S+:\d+: ", "", lines[0])


def _clamped(found: Entry, name: str, value: Any) -> Any:
    limit = found.clamped.get(name)
    if limit is None or isinstance(value, bool) or not isinstance(value, int):
        return value
    return min(value, limit)


def _tiny() -> tuple[Any, Any]:
    """Make 60 rows of 8 features in three classes that hardly overlap."""
    random = np.random.default_rng(SEED)
    target = np.repeat(np.arange(3), ROWS_PER_CLASS)
    return random.normal(size=(3 * ROWS_PER_CLASS, FEATURES)) + target[:, None], target
