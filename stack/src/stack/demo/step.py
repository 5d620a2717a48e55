"""A step of the demo: a title, and what to do."""

from collections.abc import Callable
from dataclasses import dataclass

from stack.demo.journey import Journey

Action = Callable[[Journey], str]


class Surprise(Exception):
    """A service answered with success, but not with what the guide promises."""


@dataclass(frozen=True)
class Step:
    """One line of the demo; the action returns what came of it in a few words."""

    title: str
    action: Action


@dataclass(frozen=True)
class Chapter:
    """Steps that belong together."""

    title: str
    steps: tuple[Step, ...]


def expect(holds: bool, what: str) -> None:
    """Raise Surprise with these words unless the condition holds."""
    if not holds:
        raise Surprise(what)
