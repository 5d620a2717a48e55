"""Rows with their inputs and what the model said, as one table; stored as Parquet."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ml_model.serving.served_model import Predicted
from ml_model.serving.signature import Signature
from ml_model.tabular.block import Block

INPUT = "input:"
PROBABILITY = "probability:"
_ZSTD_FAST = 1


def scored(block: Block, predicted: Predicted | None, signature: Signature) -> pa.Table:
    """Return the rows of a block in the order of the file; what was refused has an error and no label."""
    count, refused = len(block.rows), block.refused
    columns: dict[str, Any] = {"row": pa.array(block.rows), "line": pa.array(block.lines)}
    columns["label"] = _labels(predicted.labels if predicted else [], signature.classes)
    for place, name in enumerate(signature.classes or ()):
        known = predicted is not None and predicted.probabilities is not None
        values = np.ascontiguousarray(predicted.probabilities[:, place]) if known else None  # type: ignore
        columns[f"{PROBABILITY}{name}"] = (
            pa.nulls(count, pa.float64()) if values is None else pa.array(values, pa.float64())
        )
    columns["error"] = pa.nulls(count, pa.string())
    for name in block.columns.column_names:
        columns[f"{INPUT}{name}"] = block.columns[name]
    table = pa.table(columns)
    if not refused:
        return table
    missing = {name: pa.nulls(len(refused), table.schema.field(name).type) for name in table.column_names}
    missing |= {
        "row": pa.array([one.row for one in refused], pa.int64()),
        "line": pa.array([one.line for one in refused], pa.int64()),
        "error": pa.array([one.reason for one in refused], pa.string()),
    }
    return pa.concat_tables([table, pa.table(missing)]).sort_by("row")


def _labels(labels: Sequence[Any], classes: tuple[Any, ...] | None) -> Any:
    kinds = {type(one) for one in classes or ()}
    if kinds == {bool}:
        return pa.array(labels, pa.bool_())
    if kinds == {int}:
        return pa.array(labels, pa.int64())
    if kinds <= {int, float}:
        try:
            return pa.array(labels, pa.float64())
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            return pa.array([str(one) for one in labels], pa.string())
    return pa.array([str(one) for one in labels], pa.string())


def dumps(table: pa.Table) -> bytes:
    """Write a table as Parquet, quickly rather than small."""
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        compression_level=_ZSTD_FAST,
        use_dictionary=False,
        write_statistics=False,
    )
    stored: bytes = sink.getvalue().to_pybytes()
    return stored


def loads(stored: bytes) -> pa.Table:
    """Read what `dumps` wrote."""
    return pq.read_table(pa.BufferReader(stored), use_threads=False)


def public(table: pa.Table, batch_id: int) -> pa.Table:
    """Return what a caller sees of a table: row, line, request_id, label, probabilities, error."""
    ids = pc.binary_join_element_wise(f"b{batch_id}", pc.cast(table["row"], pa.string()), "-")
    known = pc.is_null(table["error"])
    shown: dict[str, Any] = {
        "row": table["row"],
        "line": table["line"],
        "request_id": pc.if_else(known, ids, pa.scalar(None, pa.string())),
        "label": table["label"],
    }
    for name in table.column_names:
        if name.startswith(PROBABILITY):
            shown["probability_" + name.removeprefix(PROBABILITY)] = table[name]
    return pa.table(shown | {"error": table["error"]})


def kept(table: pa.Table) -> list[dict[str, Any]]:
    """Return the rows that were predicted: row, input, label, probabilities."""
    table = table.filter(pc.is_null(table["error"]))
    inputs = _records(table, INPUT)
    chances = _records(table, PROBABILITY)
    labels, rows = table["label"].to_pylist(), table["row"].to_pylist()
    return [
        {"row": row, "input": given, "label": label, "probabilities": chance}
        for row, given, label, chance in zip(rows, inputs, labels, chances, strict=True)
    ]


def _records(table: pa.Table, prefix: str) -> list[dict[str, Any]]:
    names = [name for name in table.column_names if name.startswith(prefix)]
    chosen = table.select(names).rename_columns([name.removeprefix(prefix) for name in names])
    records: list[dict[str, Any]] = chosen.to_pylist()
    return records
