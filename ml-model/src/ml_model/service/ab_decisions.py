"""What happens to the statuses when an A/B test is stopped, and how that is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ml_model.persistence.model.registry_record import AlgorithmRecord, StatusRecord

Decide = Literal["verdict", "accuracy"]


@dataclass(frozen=True)
class Stopped:
    """A test at the moment when it is stopped.

    Args:
        report: its arms in numbers, and the verdict.
        before: statuses from before the test, by version.
        arms: its versions as they are now.
        production: the entry that puts a version of the endpoint in production now, if any.
    """

    report: Mapping[str, Any]
    before: Mapping[int, str | None]
    arms: Mapping[int, AlgorithmRecord]
    production: StatusRecord | None


@dataclass(frozen=True)
class Outcome:
    """Who is promoted, the statuses that change, and the whole in words."""

    promoted: int | None
    statuses: dict[int, str | None]
    summary: str


def decide(stopped: Stopped, how: Decide) -> Outcome:
    """Decide a stopped test by its verdict, or by the better accuracy alone."""
    verdict = stopped.report["verdict"]
    told = " ".join([f"{verdict['decision'].capitalize()}: {verdict['summary']}", *verdict["reasons"]])
    winner, words = (verdict["winner"], told) if how == "verdict" else _by_accuracy(stopped, told)
    return _restored(stopped, words) if winner is None else _promoted(stopped, winner, words)


def _by_accuracy(stopped: Stopped, told: str) -> tuple[int | None, str]:
    arms = stopped.report["arms"]
    silent = [_name(arm) for arm in arms if arm["accuracy"] is None]
    if silent:
        return None, f"Accuracies cannot be compared: no feedback for {' and '.join(silent)}. {told}"
    best, second = sorted(arms, key=lambda arm: -arm["accuracy"])[:2]
    if best["accuracy"] == second["accuracy"]:
        return None, f"{_name(best)} and {_name(second)} have the same accuracy, {_accuracy(best)}. {told}"
    words = (
        f"{_name(best)} has the better accuracy: {_accuracy(best)}, {_name(second)} {_accuracy(second)}. "
        f"That alone is not proof. The verdict was: {told}"
    )
    return best["mlalgorithm"], words


def _promoted(stopped: Stopped, winner: int, words: str) -> Outcome:
    statuses: dict[int, str | None] = {each: "testing" for each in stopped.arms if each != winner}
    former = stopped.production
    replaced = ""
    if former is not None and former.algorithm_id not in stopped.arms:
        statuses[former.algorithm_id] = "testing"
        replaced = f" {former.full_name}, which was in production and took no part in the test, is too."
    statuses[winner] = "production"
    others = _listed([arm.full_name for each, arm in stopped.arms.items() if each != winner])
    name = stopped.arms[winner].full_name
    return Outcome(winner, statuses, f"{name} is in production now, {others} in testing.{replaced} {words}")


def _restored(stopped: Stopped, words: str) -> Outcome:
    told = ["Nothing was promoted; the statuses from before the test are back."]
    statuses: dict[int, str | None] = {}
    for each, arm in stopped.arms.items():
        if arm.status != "ab_testing":
            told.append(f"{arm.full_name} was set to {arm.status} meanwhile and stays so.")
            continue
        statuses[each] = stopped.before.get(each)
        if statuses[each] == "production" and stopped.production is not None:
            statuses[each] = "testing"
            now = stopped.production.full_name
            told.append(f"{arm.full_name} goes to testing, because {now} is in production meanwhile.")
    return Outcome(None, statuses, " ".join([*told, words]))


def _name(arm: Mapping[str, Any]) -> str:
    return f"{arm['name']}:{arm['version']}"


def _accuracy(arm: Mapping[str, Any]) -> str:
    return f"{100 * arm['accuracy']:.1f} % ({arm['correct']} of {arm['feedback']})"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names)
