"""Rows that came together in one large request: one record, and single requests when somebody asks.

A record for each row costs more than the prediction of all. The rows of a group are named by the group's id
and their place from 1; the group's own record has inputs and answers as packed numbers.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import orjson
import pybase64
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_PLACES = tuple(f"-{place}" for place in range(1, 4097))
_ID = re.compile(r"([0-9a-f]{32})-([1-9]\d{0,8})", re.ASCII)
_FLOAT = "<f8"
_BEFORE = "float64"


class Group(NamedTuple):
    """Rows float64[n, k] by name, their labels, and float64[n, c] by class where there are probabilities."""

    names: Sequence[str]
    rows: Floats
    labels: Sequence[Any]
    classes: Sequence[str] | None
    probabilities: Floats | None


def row_ids(group_id: str, rows: int) -> list[str]:
    """Name the rows of a group."""
    if rows <= len(_PLACES):
        return [group_id + place for place in _PLACES[:rows]]
    return [f"{group_id}-{place}" for place in range(1, rows + 1)]


def group_of(request_id: str) -> tuple[str, int] | None:
    """Read group and place from the id of a row; None where it is another kind of id."""
    found = _ID.fullmatch(request_id)
    return (found[1], int(found[2])) if found else None


def shown(group: Group) -> dict[str, Any]:
    """Give what the group's own record shows in place of one row's input."""
    return {"names": list(group.names), "shape": list(group.rows.shape)}


def packed(group: Group) -> bytes:
    """Give rows and answers as bytes: a line of JSON with the names, then the numbers."""
    has = group.classes is not None and group.probabilities is not None
    head = {"names": group.names, "labels": group.labels, "classes": group.classes if has else None}
    numbers = [_bytes(group.rows)]
    if has:
        numbers.append(_bytes(group.probabilities))
    return b"".join((orjson.dumps(head), b"\n", *numbers))


def unpacked(content: bytes) -> Group:
    """Read what `packed` gave."""
    begin = content.index(b"\n") + 1
    head = orjson.loads(content[:begin])
    names, labels, classes = head["names"], head["labels"], head["classes"]
    values = np.frombuffer(content, dtype=_FLOAT, offset=begin)
    inputs = len(labels) * len(names)
    probabilities = None if classes is None else values[inputs:].reshape(len(labels), len(classes))
    return Group(names, values[:inputs].reshape(len(labels), len(names)), labels, classes, probabilities)


def row_of(group: Group, place: int) -> dict[str, Any] | None:
    """Give one row of a group as a single request has it; None where there is none at the place."""
    if not 1 <= place <= len(group.labels):
        return None
    index = place - 1
    probabilities = None
    if group.classes is not None and group.probabilities is not None:
        probabilities = _named(group.classes, group.probabilities[index])
    return {
        "input_data": _named(group.names, group.rows[index]),
        "response": group.labels[index],
        "full_response": {"probabilities": probabilities},
    }


def group_before(record: Mapping[str, Any]) -> Group | None:
    """Read a group that was kept before groups had a column of their own; None where the record is none."""
    given, answer = record["input_data"], record["full_response"]
    if not isinstance(given, dict) or given.keys() != {"names", "shape", _BEFORE}:
        return None
    rows = _table(given)
    if answer is None:
        return Group(given["names"], rows, record["response"], None, None)
    return Group(given["names"], rows, record["response"], answer["names"], _table(answer))


def _table(packed_table: Mapping[str, Any]) -> Floats:
    values = np.frombuffer(pybase64.b64decode(packed_table[_BEFORE]), dtype=_FLOAT)
    return values.reshape(packed_table["shape"])


def _named(names: Sequence[str], row: Floats) -> dict[str, float | None]:
    values = [None if value != value else value for value in row.tolist()]  # noqa: PLR0124 - NaN
    return dict(zip(names, values, strict=True))


def _bytes(table: Any) -> bytes:
    return np.ascontiguousarray(table, dtype=_FLOAT).tobytes()
