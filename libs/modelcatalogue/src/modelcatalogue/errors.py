"""What can be wrong with a request for a model."""

from collections.abc import Iterable, Mapping
from typing import Any


class CatalogueError(Exception):
    """Base of everything that the catalogue refuses; the message says what to do."""


class UnknownModel(CatalogueError):
    """No entry has this name."""

    def __init__(self, name: object, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(known)
        super().__init__(f"There is no model {_shown(name)}; please choose one of: {', '.join(self.known)}")


class UnknownPreprocessing(CatalogueError):
    """No preprocessing has this name."""

    def __init__(self, name: object, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(known)
        super().__init__(
            f"There is no preprocessing {_shown(name)}; please choose one of: {', '.join(self.known)}"
        )


class UnknownScoring(CatalogueError):
    """No scorer has this name."""

    def __init__(self, name: object, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(known)
        super().__init__(f"There is no scoring {_shown(name)}; please choose one of: {', '.join(self.known)}")


class HyperparameterError(CatalogueError):
    """Base of what can be wrong with hyperparameters; `names` are those concerned."""

    def __init__(self, model: str, names: Iterable[str], message: str) -> None:
        self.model = model
        self.names = tuple(names)
        super().__init__(message)


class UnknownHyperparameter(HyperparameterError):
    """The model has no hyperparameter of this name, or not one that a caller may set."""

    def __init__(self, model: str, name: object, allowed: Iterable[str]) -> None:
        self.name = name
        self.allowed = tuple(allowed)
        text = f"{model} has no hyperparameter {_shown(name)}; it takes: {', '.join(self.allowed)}"
        super().__init__(model, [str(name)[:80]], text)


class InvalidHyperparameter(HyperparameterError):
    """The value of one hyperparameter is not one that the model takes."""

    def __init__(self, model: str, name: str, value: Any, reason: str) -> None:
        self.name = name
        self.value = value
        self.reason = reason
        super().__init__(model, [name], f"{name} of {model} {reason}, not {_shown(value)}")


class IncompatibleHyperparameters(HyperparameterError):
    """Each value is allowed, but the model does not take them together."""

    def __init__(self, model: str, hyperparameters: Mapping[str, Any], reason: str) -> None:
        self.hyperparameters = dict(hyperparameters)
        self.reason = reason
        names = list(self.hyperparameters)
        text = f"{model} does not take these hyperparameters together ({', '.join(names)}): {reason}"
        super().__init__(model, names, text)


class InvalidGrid(HyperparameterError):
    """A grid is not a mapping of hyperparameters to lists of values."""

    def __init__(self, model: str, name: str | None, reason: str) -> None:
        self.name = name
        self.reason = reason
        subject = f"The grid of {model}" if name is None else f"The values of {name} in the grid of {model}"
        super().__init__(model, [] if name is None else [name], f"{subject} {reason}")


class UnreadableModel(CatalogueError):
    """The bytes are not a pipeline that was stored by this catalogue."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The stored model cannot be read: {reason}")


class UntrustedModel(UnreadableModel):
    """The bytes ask for types that no entry trusts; nothing of them was loaded."""

    def __init__(self, types: Iterable[str]) -> None:
        self.types = tuple(types)
        super().__init__(f"it holds types that are not trusted: {', '.join(self.types)}")


def _shown(value: Any) -> str:
    """Quote what the caller sent, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
