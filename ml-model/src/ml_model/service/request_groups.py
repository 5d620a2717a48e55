"""Rows that came together in one large request: one record, and single requests when somebody asks.

A record for each row costs more than the prediction of all. The rows of a group are named by the group's id
and their place from 1; the group's own record has inputs and answers as packed numbers.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pybase64
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PACKED = "float64"
_PLACES = tuple(f"-{place}" for place in range(1, 4097))
_ID = re.compile(r"([0-9a-f]{32})-([1-9]\d{0,8})", re.ASCII)


def row_ids(group_id: str, rows: int) -> list[str]:
    """Name the rows of a group."""
    if rows <= len(_PLACES):
        return [group_id + place for place in _PLACES[:rows]]
    return [f"{group_id}-{place}" for place in range(1, rows + 1)]


def group_of(request_id: str) -> tuple[str, int] | None:
    """Read group and place from the id of a row; None where it is another kind of id."""
    found = _ID.fullmatch(request_id)
    return (found[1], int(found[2])) if found else None


def packed(
    names: Sequence[str],
    rows: Floats,
    labels: Sequence[Any],
    full: tuple[Sequence[str], Floats] | None,
) -> dict[str, Any]:
    """Give what a group's record holds: float64[n, k] by name, labels, classes with float64[n, c]."""
    return {
        "input_data": _pack(names, rows),
        "response": list(labels),
        "full_response": None if full is None else _pack(*full),
    }


def row_of(group: Mapping[str, Any], place: int) -> dict[str, Any] | None:
    """Give one row of a group's record as a single request has it; None where there is none at the place."""
    if not is_group(group["input_data"]) or not 1 <= place <= group["input_data"]["shape"][0]:
        return None
    full = group["full_response"]
    return {
        "input_data": _unpack(group["input_data"], place - 1),
        "response": group["response"][place - 1],
        "full_response": {"probabilities": None if full is None else _unpack(full, place - 1)},
    }


def is_group(input_data: Any) -> bool:
    """Tell whether a record is that of a group."""
    return isinstance(input_data, dict) and input_data.keys() == {"names", "shape", PACKED}


def _pack(names: Sequence[str], table: Floats) -> dict[str, Any]:
    content = np.ascontiguousarray(table, dtype="<f8").data
    return {
        "names": list(names),
        "shape": list(table.shape),
        PACKED: pybase64.b64encode_as_string(content),
    }


def _unpack(packed_table: Mapping[str, Any], index: int) -> dict[str, float | None]:
    width = packed_table["shape"][1]
    table = np.frombuffer(pybase64.b64decode(packed_table[PACKED]), dtype="<f8").reshape(-1, width)
    values = [None if value != value else value for value in table[index].tolist()]  # noqa: PLR0124 - NaN
    return dict(zip(packed_table["names"], values, strict=True))
