"""Production: data that is not what it was."""

from stack.demo.chapters.data import load
from stack.demo.chapters.deployment import score
from stack.demo.journey import Journey
from stack.demo.step import Chapter, Step


def _load(journey: Journey) -> str:
    return load(journey, "production")


def _score(journey: Journey) -> str:
    return score(journey, "production")


CHAPTER = Chapter(
    "Production",
    (Step("Load the fouled production set", _load), Step("Evaluate the model on it", _score)),
)
