"""What to search, and whether it can be searched: checked in full before anything is logged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modelcatalogue import entries, grids, scores
from modelcatalogue.errors import CatalogueError, HyperparameterError
from tracking.service.errors import Fault, InvalidOptimization, UnknownModel


@dataclass(frozen=True)
class SearchPlan:
    """A grid search for each of several models.

    Args:
        models: names in the catalogue, in the order of the search.
        hyperparameters: a grid for each model: lists of values by hyperparameter.
        scoring: what the search maximizes.
        cv: number of stratified folds.
        preprocessing: of the pipeline that is searched.
    """

    models: tuple[str, ...]
    hyperparameters: Mapping[str, Mapping[str, Any]]
    scoring: str
    cv: int
    preprocessing: str


def check_plan(plan: SearchPlan, most_candidates: int) -> None:
    """Check everything that can be told without data.

    Raises:
        UnknownModel: a model is not in the catalogue.
        InvalidOptimization: names every other fault.
    """
    unknown = [name for name in plan.models if name not in entries.names()]
    if unknown:
        known = ", ".join(entries.names())
        raise UnknownModel(
            [Fault("models", f"There is no model {name!r}; choose from: {known}") for name in unknown]
        )
    faults = [*_model_faults(plan), *_size_faults(plan, most_candidates), *_scoring_faults(plan)]
    if not faults:
        faults = list(_grid_faults(plan))
    if faults:
        raise InvalidOptimization(faults)


def check_folds(cv: int, smallest_class: int) -> None:
    """Check that every fold can hold every class.

    Raises:
        InvalidOptimization: says how many folds are possible.
    """
    if cv > smallest_class:
        reason = (
            f"cv must be from 2 to {smallest_class}, the number of samples in the smallest class, not {cv}"
        )
        if smallest_class < 2:
            reason = "cv is not possible: the smallest class has a single sample; load a larger training set"
        raise InvalidOptimization([Fault("cv", reason)])


def _model_faults(plan: SearchPlan) -> Iterator[Fault]:
    for name in dict.fromkeys(plan.models):
        if plan.models.count(name) > 1:
            yield Fault("models", f"{name} is named more than once")
        if name not in plan.hyperparameters:
            yield Fault("hyperparameters", f"A grid for {name} is missing: add one under its name")


def _size_faults(plan: SearchPlan, most_candidates: int) -> Iterator[Fault]:
    chosen = [plan.hyperparameters[name] for name in plan.models if name in plan.hyperparameters]
    count = grids.candidates(chosen)
    if count > most_candidates:
        yield Fault(
            "hyperparameters", f"The grids have {count} combinations; at most {most_candidates} are searched"
        )


def _scoring_faults(plan: SearchPlan) -> Iterator[Fault]:
    try:
        scores.validate_scoring(plan.scoring)
    except CatalogueError as fault:
        yield Fault("scoring", str(fault))


def _grid_faults(plan: SearchPlan) -> Iterator[Fault]:
    for name in plan.models:
        try:
            grids.grid(name, plan.hyperparameters[name])
        except HyperparameterError as fault:
            yield Fault(".".join(("hyperparameters", name, *fault.names)), str(fault))
