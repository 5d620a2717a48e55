"""What can be wrong with a request to monitoring, or too early about it."""

import json
from collections.abc import Sequence

from datasetdb.schema import SourceSchema
from servicekit.errors import Conflict, Invalid


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def _load_call(source: str, set_name: str) -> str:
    return f"POST /root/simulator {json.dumps({'set_name': set_name, 'source': source})}"


def _predict_call(source: str, set_name: str) -> str:
    return f"POST /root/ml {json.dumps({'dataset': set_name, 'source': source})}"


class UnknownGroup(Invalid):
    """A group of tests that does not exist."""

    error = "Unknown group of tests"

    def __init__(self, unknown: Sequence[str], known: Sequence[str]) -> None:
        details = [{"field": f"tests.{name}", "reason": f"known are: {_listed(known)}"} for name in unknown]
        super().__init__(f"There is no group {_listed(unknown)}; use some of: {_listed(known)}.", details)


class NoGroupChosen(Invalid):
    """All groups are set to false."""

    error = "No group of tests chosen"

    def __init__(self, known: Sequence[str]) -> None:
        super().__init__(
            f"Set at least one of these to true, or leave `tests` out to run all: {_listed(known)}."
        )


class GroupNotApplicable(Conflict):
    """A group of tests for classes was asked of a source of numbers, or the other way round."""

    error = "Group of tests does not fit the source"

    def __init__(self, groups: Sequence[str], schema: SourceSchema, fitting: Sequence[str]) -> None:
        super().__init__(
            f"The target of {schema.name!r} is a {schema.target.kind}, which {_listed(groups)} cannot judge; "
            f"use some of: {_listed(fitting)}."
        )


class SetNotLoaded(Conflict):
    """A set is not in the dataset database."""

    error = "Dataset not loaded"

    def __init__(self, source: str, set_name: str) -> None:
        super().__init__(
            f"The {set_name} set of {source!r} is not loaded; call {_load_call(source, set_name)}, "
            f"then {_predict_call(source, set_name)}."
        )


class SetEmpty(Conflict):
    """A set holds no samples."""

    error = "Dataset empty"

    def __init__(self, source: str, set_name: str) -> None:
        super().__init__(
            f"The {set_name} set of {source!r} holds no samples; load it again with samples in it."
        )


class NoPredictions(Conflict):
    """A set has no predictions yet."""

    error = "No predictions"

    def __init__(self, source: str, set_name: str) -> None:
        super().__init__(
            f"The {set_name} set of {source!r} has no predictions; call {_predict_call(source, set_name)}."
        )


class ModelVersionsDiffer(Conflict):
    """The two sets were predicted by different model versions."""

    error = "Model versions differ"

    def __init__(self, source: str, versions: Sequence[tuple[str, str]]) -> None:
        said = " and ".join(f"the {set_name} set by {version!r}" for set_name, version in versions)
        calls = " and ".join(_predict_call(source, set_name) for set_name, _ in versions)
        super().__init__(
            f"Predictions were made by different models: {said}. Repeat {calls}, so that both come from the "
            "model that is trained now."
        )


class SetReplaced(Conflict):
    """A set was loaded again while it was read."""

    error = "Dataset replaced meanwhile"

    def __init__(self, source: str, set_name: str) -> None:
        super().__init__(
            f"The {set_name} set of {source!r} was loaded again while it was read; call "
            f"{_predict_call(source, set_name)}, then send this request again."
        )


class ReportNotDrawn(Conflict):
    """Evidently can draw nothing of these sets."""

    error = "Report cannot be drawn"

    def __init__(self) -> None:
        super().__init__(
            "Evidently can draw no part of a report of these sets; "
            'POST /root/monitoring {"metric": "report"} says for each metric what is wrong.'
        )
