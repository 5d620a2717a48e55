"""A source's shape: ordered typed feature columns and a target."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

from datasetdb.errors import InvalidSchema

ColumnKind = Literal["float", "integer", "boolean", "category"]
TargetKind = Literal["classification", "regression"]
ClassLabel = str | int


def _named(name: str) -> None:
    if not name.strip() or "\x00" in name:
        raise InvalidSchema(f"{name!r} is not a name")


def _distinct(names: tuple[str, ...]) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise InvalidSchema(f"names occur more than once: {', '.join(map(repr, twice))}")


@dataclass(frozen=True)
class Column:
    """One feature."""

    name: str
    kind: ColumnKind = "float"

    def __post_init__(self) -> None:
        _named(self.name)
        if self.kind not in get_args(ColumnKind):
            raise InvalidSchema(f"column {self.name!r}: {self.kind!r} is not one of {get_args(ColumnKind)}")


@dataclass(frozen=True)
class Target:
    """What is to be predicted: a class (its code is the position in `classes`) or a number."""

    name: str
    kind: TargetKind
    classes: tuple[ClassLabel, ...] = ()

    def __post_init__(self) -> None:
        _named(self.name)
        if self.kind not in get_args(TargetKind):
            raise InvalidSchema(f"target {self.name!r}: {self.kind!r} is not one of {get_args(TargetKind)}")
        if (self.kind == "classification") != bool(self.classes):
            raise InvalidSchema(f"target {self.name!r}: a classification has classes, a regression has none")
        self._check_classes()

    def _check_classes(self) -> None:
        kinds = {type(label) for label in self.classes}
        if len(kinds) > 1 or not kinds <= {str, int}:
            raise InvalidSchema(f"target {self.name!r}: classes are either all text or all integers")
        _distinct(tuple(map(str, self.classes)))


@dataclass(frozen=True)
class SourceSchema:
    """Name, feature columns in their order, and target of one source."""

    name: str
    columns: tuple[Column, ...]
    target: Target

    def __post_init__(self) -> None:
        _named(self.name)
        if not self.columns:
            raise InvalidSchema(f"source {self.name!r} has no feature columns")
        _distinct((*self.feature_names, self.target.name))

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        """Name the features, in the source's order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def numeric(self) -> tuple[Column, ...]:
        """List the columns kept in `samples.numbers`, in the array's order."""
        return tuple(column for column in self.columns if column.kind != "category")

    @cached_property
    def categories(self) -> tuple[Column, ...]:
        """List the columns kept in `samples.labels`, in the array's order."""
        return tuple(column for column in self.columns if column.kind == "category")


def columns_document(schema: SourceSchema) -> list[dict[str, str]]:
    """Write the columns as JSON."""
    return [{"name": column.name, "kind": column.kind} for column in schema.columns]


def columns_from(document: list[dict[str, Any]]) -> tuple[Column, ...]:
    """Read columns from their JSON."""
    return tuple(Column(name=item["name"], kind=item["kind"]) for item in document)
