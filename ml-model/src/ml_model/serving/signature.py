"""What a model takes: named features with their kinds, checked row by row."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, Literal, get_args

Kind = Literal["float", "integer", "boolean", "category"]
Label = int | str | float | bool

NUMBER_TYPES = frozenset({float, int})
MOST_EXACT_INTEGER = 2**53
MOST_FAULTS = 50
LOUD_ECHO_CHARACTERS = 100
NAN = float("nan")


@dataclass(frozen=True)
class InputFault:
    """What is wrong with one feature; `type` is stable for programs."""

    field: str
    reason: str
    type: Literal["missing", "unknown", "wrong_type", "not_finite", "out_of_range"]


class InputRefused(ValueError):
    """A row that the model cannot take; `faults` has the first of them."""

    def __init__(self, faults: tuple[InputFault, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{fault.field}: {fault.reason}" for fault in faults[:5]))


class InvalidSignature(ValueError):
    """A document that describes no signature."""


@dataclass(frozen=True)
class Field:
    """One feature; range and categories are what the training data held."""

    name: str
    kind: Kind = "float"
    minimum: float | None = None
    maximum: float | None = None
    categories: tuple[str, ...] | None = None


class _Fault(Exception):
    def __init__(self, reason: str, kind: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind


@dataclass(frozen=True)
class Signature:
    """The features in the model's order, and the labels that it gives.

    `classes` is None for a regression, or where they are not known. With `imputes` the model fills what is
    missing itself. With `bounds_enforced` a value out of its feature's range is refused.
    """

    fields: tuple[Field, ...]
    classes: tuple[Label, ...] | None
    imputes: bool
    bounds_enforced: bool = False

    def __post_init__(self) -> None:
        if not self.fields:
            raise InvalidSignature("there are no features")
        if len(set(self.names)) != len(self.names):
            raise InvalidSignature("a feature occurs more than once")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Name the features in the model's order."""
        return tuple(field.name for field in self.fields)

    @cached_property
    def numeric(self) -> bool:
        """Tell whether every feature is a number."""
        return all(field.kind != "category" for field in self.fields)

    @cached_property
    def _plain(self) -> bool:
        return not self.bounds_enforced and all(field.kind == "float" for field in self.fields)

    @cached_property
    def _in_order(self) -> Any:
        if len(self.names) > 1:
            return itemgetter(*self.names)
        return lambda values: (values[self.names[0]],)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.names)

    def row(self, values: Mapping[str, Any]) -> list[Any]:
        """Put named values into the model's order; what is missing is NaN where the model imputes.

        Raises:
            InputRefused
        """
        if self._plain and len(values) == len(self.fields):
            try:
                row = self._in_order(values)
                if set(map(type, row)) <= NUMBER_TYPES and math.isfinite(sum(row)):
                    return list(map(float, row))
            except (KeyError, OverflowError):
                pass
        return self._checked(values)

    def _checked(self, values: Mapping[str, Any]) -> list[Any]:
        row: list[Any] = []
        faults: list[InputFault] = []
        for field in self.fields:
            try:
                row.append(self._value(field, values.get(field.name)))
            except _Fault as fault:
                faults.append(InputFault(field.name[:LOUD_ECHO_CHARACTERS], fault.reason, fault.kind))
        faults += self._unknown(values)
        if faults:
            raise InputRefused(tuple(faults[:MOST_FAULTS]))
        return row

    def _unknown(self, values: Mapping[str, Any]) -> Iterator[InputFault]:
        strange = [name for name in values if name not in self._known]
        for name in strange[:MOST_FAULTS]:
            yield InputFault(str(name)[:LOUD_ECHO_CHARACTERS], "is no feature of this model", "unknown")

    def _value(self, field: Field, value: Any) -> Any:
        if value is None:
            if self.imputes:
                return NAN
            raise _Fault("is missing, and this model fills nothing in", "missing")
        if field.kind == "category":
            if not isinstance(value, str):
                raise _Fault("must be text", "wrong_type")
            self._check_category(field, value)
            return value
        number = _boolean(value) if field.kind == "boolean" else _number(value)
        if field.kind == "integer":
            _check_integer(number)
        self._check_range(field, number)
        return number

    def _check_category(self, field: Field, value: str) -> None:
        known = field.categories
        if self.bounds_enforced and known is not None and value not in known:
            raise _Fault(f"must be one of: {', '.join(known[:20])}", "out_of_range")

    def _check_range(self, field: Field, number: float) -> None:
        if not self.bounds_enforced:
            return
        low = -math.inf if field.minimum is None else field.minimum
        high = math.inf if field.maximum is None else field.maximum
        if not low <= number <= high:
            raise _Fault(f"must be between {low:g} and {high:g}", "out_of_range")

    def document(self) -> dict[str, Any]:
        """Write the signature as JSON."""
        return {
            "fields": [
                {name: value for name, value in vars(field).items() if value is not None}
                | ({"categories": list(field.categories)} if field.categories is not None else {})
                for field in self.fields
            ],
            "classes": None if self.classes is None else list(self.classes),
            "imputes": self.imputes,
            "bounds_enforced": self.bounds_enforced,
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Signature":
        """Read a signature from its JSON.

        Raises:
            InvalidSignature
        """
        try:
            classes = document["classes"]
            return cls(
                fields=tuple(_field(item) for item in document["fields"]),
                classes=None if classes is None else tuple(classes),
                imputes=bool(document["imputes"]),
                bounds_enforced=bool(document.get("bounds_enforced", False)),
            )
        except (KeyError, TypeError) as fault:
            raise InvalidSignature(f"the document is no signature: {fault!r}") from fault


def _field(item: Mapping[str, Any]) -> Field:
    if item.get("kind", "float") not in get_args(Kind):
        raise InvalidSignature(f"{item.get('kind')!r} is not one of {', '.join(get_args(Kind))}")
    categories = item.get("categories")
    return Field(
        name=item["name"],
        kind=item.get("kind", "float"),
        minimum=item.get("minimum"),
        maximum=item.get("maximum"),
        categories=None if categories is None else tuple(categories),
    )


def _boolean(value: Any) -> float:
    if value not in (True, False):
        raise _Fault("must be true or false", "wrong_type")
    return float(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Fault("must be a number", "wrong_type")
    try:
        number = float(value)
    except OverflowError as fault:
        raise _Fault("is too large", "out_of_range") from fault
    if not math.isfinite(number):
        raise _Fault("must be a finite number", "not_finite")
    return number


def _check_integer(number: float) -> None:
    if not number.is_integer():
        raise _Fault("must be a whole number", "wrong_type")
    if abs(number) > MOST_EXACT_INTEGER:
        raise _Fault("must be between -2^53 and 2^53", "out_of_range")
