"""Tables as MLflow's scoring protocol writes them: four JSON forms and CSV."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

from ml_model.serving.rows import RowFault, Rows, RowsRefused, from_columns, from_named_rows, from_values
from ml_model.serving.signature import Signature

PARAMS = "params"
MISSING_TEXTS = frozenset({"", "nan", "na", "n/a", "null", "none", "<na>"})
TRUTHS = {"true": True, "false": False}


def rows_of_document(document: Any, signature: Signature) -> Rows:
    """Read the table in one of `dataframe_split`, `dataframe_records`, `instances` and `inputs`.

    Raises:
        RowsRefused
    """
    if not isinstance(document, Mapping):
        raise _refused("body", f"must be an object with one of: {', '.join(FORMS)}", "wrong_type")
    given = [name for name in document if name in FORMS]
    strange = [name for name in document if name not in FORMS and name != PARAMS]
    if len(given) != 1 or strange:
        raise _refused(
            "body", f"must have one of these members and none but {PARAMS} beside: {', '.join(FORMS)}"
        )
    if document.get(PARAMS) not in (None, {}):
        raise _refused(PARAMS, "must be empty or left out; the models here take none")
    return FORMS[given[0]](document[given[0]], signature)


def rows_of_csv(raw: bytes, signature: Signature) -> Rows:
    """Read a CSV table: a line of column names, then a line for each row.

    Raises:
        RowsRefused
    """
    try:
        text = raw.decode("utf-8-sig")
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except (UnicodeDecodeError, csv.Error) as fault:
        raise _refused("body", f"is no CSV in UTF-8: {fault}") from fault
    if "\x00" in text:
        raise _refused("body", "must not contain the NUL character")
    if len(lines) < 2:
        raise _refused("body", "must have a line of column names and a line for each row", "missing")
    names, rows = lines[0], lines[1:]
    _check_widths(rows, len(names), "body")
    kinds = {field.name: field.kind for field in signature.fields}
    columns = [
        _texts(column) if kinds.get(name) == "category" else _numbers(column)
        for name, column in zip(names, zip(*rows, strict=True), strict=True)
    ]
    return _of_columns(names, columns, len(rows), signature)


def _split(table: Any, signature: Signature) -> Rows:
    if not isinstance(table, Mapping) or not set(table) <= {"columns", "index", "data"}:
        raise _refused("dataframe_split", "must be an object with the members columns and data (and index)")
    if not isinstance(table.get("index"), list | None):
        raise _refused("dataframe_split.index", "must be a list", "wrong_type")
    names, rows = table.get("columns"), _some_rows(table.get("data"), "dataframe_split.data")
    _check_widths(rows, len(rows[0]) if isinstance(rows[0], list) else 0, "dataframe_split.data")
    if names is None:
        return _positional(rows, signature, "dataframe_split.data")
    if not isinstance(names, list) or len(names) != len(rows[0]):
        raise _refused("dataframe_split.columns", "must name every value of a row", "shape")
    if names == list(signature.names):
        return from_values(list(chain.from_iterable(rows)), len(rows), signature)
    return _of_columns(names, list(zip(*rows, strict=True)), len(rows), signature)


def _records(records: Any, signature: Signature) -> Rows:
    return _named(_some_rows(records, "dataframe_records"), signature, "dataframe_records")


def _instances(instances: Any, signature: Signature) -> Rows:
    rows = _some_rows(instances, "instances")
    if isinstance(rows[0], Mapping):
        return _named(rows, signature, "instances")
    return _positional(rows, signature, "instances")


def _inputs(inputs: Any, signature: Signature) -> Rows:
    if not isinstance(inputs, Mapping):
        rows = _some_rows(inputs, "inputs")
        return (
            _named(rows, signature, "inputs")
            if isinstance(rows[0], Mapping)
            else _positional(rows, signature)
        )
    if inputs and not any(isinstance(column, list) for column in inputs.values()):
        return from_named_rows([inputs], signature)
    columns = [_column(column, f"inputs.{name}"[:100]) for name, column in inputs.items()]
    if len(set(map(len, columns))) != 1 or not columns[0]:
        raise _refused("inputs", "every column must have equally many values, and at least one", "shape")
    return _of_columns(list(inputs), columns, len(columns[0]), signature)


FORMS: dict[str, Callable[[Any, Signature], Rows]] = {
    "dataframe_split": _split,
    "dataframe_records": _records,
    "instances": _instances,
    "inputs": _inputs,
}


def _named(rows: list[Any], signature: Signature, place: str) -> Rows:
    if not all(isinstance(row, Mapping) for row in rows):
        raise _refused(place, "every row must be an object", "wrong_type")
    return from_named_rows(rows, signature)


def _positional(rows: list[Any], signature: Signature, place: str = "inputs") -> Rows:
    width = len(signature.fields)
    _check_widths(rows, width, place)
    return from_values(list(chain.from_iterable(rows)), len(rows), signature)


def _of_columns(
    names: Sequence[Any], columns: Sequence[Sequence[Any]], count: int, signature: Signature
) -> Rows:
    if len({str(name) for name in names}) < len(names):
        raise _refused("columns", "a column occurs more than once", "repeated")
    named = {
        name if isinstance(name, str) else repr(name): column
        for name, column in zip(names, columns, strict=True)
    }
    return from_columns(named, count, signature)


def _column(column: Any, place: str) -> list[Any]:
    if not isinstance(column, list):
        raise _refused(place, "must be a list of values", "wrong_type")
    if column and all(isinstance(value, list) and len(value) == 1 for value in column):
        return [value[0] for value in column]
    return column


def _some_rows(rows: Any, place: str) -> list[Any]:
    if not isinstance(rows, list) or not rows:
        raise _refused(place, "must be a list of one or more rows", "wrong_type")
    return rows


def _check_widths(rows: Sequence[Any], width: int, place: str) -> None:
    faults = [
        RowFault(place, f"must have {width} values", "shape", number)
        for number, row in enumerate(rows)
        if not isinstance(row, list) or len(row) != width
    ]
    if faults:
        raise RowsRefused(*faults)


def _texts(column: Sequence[str]) -> list[str | None]:
    return [cell or None for cell in column]


def _numbers(column: Sequence[str]) -> list[Any]:
    if not any("_" in cell for cell in column):
        try:
            return list(map(float, column))
        except ValueError:
            pass
    return [_number(cell.strip()) for cell in column]


def _number(cell: str) -> Any:
    if cell.lower() in MISSING_TEXTS:
        return None
    try:
        return float(cell) if "_" not in cell else cell
    except ValueError:
        return TRUTHS.get(cell.lower(), cell)


def _refused(field: str, reason: str, kind: str = "form") -> RowsRefused:
    return RowsRefused(RowFault(field, reason, kind))
