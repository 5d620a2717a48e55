"""Validation of hyperparameters."""

from collections.abc import Mapping
from typing import Any

from modelcatalogue.entries import entry
from modelcatalogue.entry import Entry
from modelcatalogue.errors import InvalidHyperparameter, UnknownHyperparameter


def allowed(model_name: str) -> dict[str, str]:
    """List the hyperparameters that a caller may set, each with its values in words.

    Raises UnknownModel.
    """
    return {name: str(values) for name, values in sorted(entry(model_name).hyperparameters.items())}


def validate(model_name: str, hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Check name and value of each hyperparameter, and give them back as a dict of its own.

    Raises UnknownModel, UnknownHyperparameter, InvalidHyperparameter.
    """
    found = entry(model_name)
    for name, value in hyperparameters.items():
        validate_value(found, name, value)
    return dict(hyperparameters)


def validate_name(found: Entry, name: str) -> None:
    """Check that a caller may set this hyperparameter.

    Raises UnknownHyperparameter.
    """
    if name not in found.hyperparameters:
        raise UnknownHyperparameter(found.name, name, sorted(found.hyperparameters))


def validate_value(found: Entry, name: str, value: Any) -> None:
    """Check one hyperparameter.

    Raises UnknownHyperparameter, InvalidHyperparameter.
    """
    validate_name(found, name)
    values = found.hyperparameters[name]
    if not values.accepts(value):
        raise InvalidHyperparameter(found.name, name, value, f"must be {values}")
