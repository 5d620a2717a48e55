"""The kinds of features as columns."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ml_model.tabular.choice import Choice
from ml_model.tabular.faults import FileRefused

MOST_EXACT_INTEGER = 2**53
IN_CSV = {"float": pa.float64(), "integer": pa.float64(), "boolean": pa.bool_(), "category": pa.string()}
IN_WORDS = {
    "float": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "category": "text",
}


def as_model_type(column: Any, name: str, kind: str) -> Any:
    """Return a column as float64, or as text for a category.

    Raises:
        FileRefused: the column's type holds no such values.
    """
    held, wanted = column.type, pa.string() if kind == "category" else pa.float64()
    if held == wanted:
        return column
    if not _fits(held, kind):
        reason = f"holds {held}, and the model takes {IN_WORDS[kind]}"
        raise FileRefused(f"Convert the column {name!r}: it {reason}.", ({"field": name, "reason": reason},))
    try:
        if pa.types.is_boolean(held):
            return pc.cast(pc.cast(column, pa.int8()), wanted)
        return pc.cast(column, wanted, safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as fault:
        raise FileRefused(f"The column {name!r} cannot be read as {IN_WORDS[kind]}: {fault}") from fault


def in_model_order(table: Any, choice: Choice) -> Any:
    """Return the features as a table in the model's order; absent ones are null.

    Raises:
        FileRefused: a column holds no such values.
    """
    columns = [
        pa.nulls(table.num_rows, pa.string() if kind == "category" else pa.float64())
        if name in choice.absent
        else as_model_type(table[name], name, kind)
        for name, kind in choice.kinds.items()
    ]
    return pa.table(columns, names=list(choice.kinds))


def _fits(held: Any, kind: str) -> bool:
    types = pa.types
    if types.is_null(held):
        return True
    if kind == "category":
        if types.is_dictionary(held):
            return _fits(held.value_type, kind)
        return bool(types.is_string(held) or types.is_large_string(held) or types.is_string_view(held))
    if kind == "boolean":
        return bool(types.is_boolean(held) or types.is_integer(held))
    return bool(types.is_integer(held) or types.is_floating(held) or types.is_decimal(held))


def value_faults(table: pa.Table, kinds: Mapping[str, str], imputes: bool) -> dict[int, str]:
    """Tell for each row that the model does not take what is wrong with it, by its place."""
    faults: dict[int, list[str]] = {}
    for name, kind in kinds.items():
        column = table[name]
        if kind == "category":
            bad = [] if imputes else [(pc.is_null(column).to_numpy(), "is missing")]
        else:
            bad = _bad_numbers(column.to_numpy(zero_copy_only=False), kind, imputes)
        for mask, reason in bad:
            for at in np.flatnonzero(mask):
                faults.setdefault(int(at), []).append(f"{name} {reason}")
    return {at: "; ".join(reasons[:5]) for at, reasons in faults.items()}


def _bad_numbers(values: np.ndarray, kind: str, imputes: bool) -> list[tuple[np.ndarray, str]]:
    if kind == "float" and np.isfinite(np.add.reduce(values)):
        return []
    found = [(np.isinf(values), "is not finite")]
    if not imputes:
        found.append((np.isnan(values), "is missing"))
    finite = np.isfinite(values)
    if kind == "integer":
        whole = np.where(finite, values, 0.0)
        found.append((whole != np.floor(whole), "is not a whole number"))
        found.append((np.abs(whole) > MOST_EXACT_INTEGER, "is beyond 2^53"))
    if kind == "boolean":
        found.append((finite & (values != 0.0) & (values != 1.0), "is neither true nor false"))
    return found
