"""What the catalogue knows of one model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from modelcatalogue.values import Values


@dataclass(frozen=True)
class Wrapper:
    """A meta-estimator that some models need around them.

    `prefix` is where the inner model's hyperparameters are found, in scikit-learn's notation.
    """

    path: str
    prefix: str
    argument: str
    named: bool = False
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def around(self, estimator: Any) -> Any:
        """Put the meta-estimator around an estimator."""
        inner = [(self.prefix.removesuffix("__"), estimator)] if self.named else estimator
        return imported(self.path)(**{self.argument: inner}, **self.fixed)


@dataclass(frozen=True)
class Entry:
    """One model: where its class is, what a caller may set, what is set for him, how it is stored.

    `estimator` is "module:class", imported only when the model is asked for. `fixed` are arguments that a
    caller cannot set. `seeded` tells whether the class has a `random_state`. `wrapper` goes around the model,
    always or (`wrapped_when`) if a hyperparameter has a value. `clamped` are the values above which the
    try-out does not go. `trusted` are the types that the stored form may hold beyond what skops trusts.
    """

    name: str
    estimator: str
    hyperparameters: Mapping[str, Values]
    trusted: tuple[str, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    seeded: bool = True
    wrapper: Wrapper | None = None
    wrapped_when: tuple[str, Any] | None = None
    clamped: Mapping[str, int] = field(default_factory=dict)

    def wrapper_for(self, hyperparameters: Mapping[str, Any]) -> Wrapper | None:
        """Give the meta-estimator that these hyperparameters need, if they need one."""
        if self.wrapped_when is None:
            return self.wrapper
        name, value = self.wrapped_when
        return self.wrapper if hyperparameters.get(name) == value else None

    def made(self, hyperparameters: Mapping[str, Any], seed: int) -> Any:
        """Make the estimator, not fitted, with its meta-estimator where it needs one."""
        seeded = {"random_state": seed} if self.seeded else {}
        estimator = imported(self.estimator)(**{**seeded, **self.fixed, **hyperparameters})
        wrapper = self.wrapper_for(hyperparameters)
        return estimator if wrapper is None else wrapper.around(estimator)


def imported(path: str) -> Any:
    """Import a class by "module:class"."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
