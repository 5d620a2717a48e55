"""Results as they are sent: CSV, JSON or Parquet, part after part."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"
FORMS = (JSON, CSV, PARQUET)
MOST_NAMED = 100
CHANCE = "probability_"


def written(tables: Iterable[pa.Table], form: str, head: Mapping[str, Any]) -> Iterator[bytes]:
    """Write public tables in one of FORMS.

    Args:
        tables: all of one schema; each is asked for when the one before was written.
        form: the media type.
        head: what the JSON says beside the rows.
    """
    if form == CSV:
        return _csv(tables)
    return _parquet(tables) if form == PARQUET else _json(tables, head)


def _csv(tables: Iterable[pa.Table]) -> Iterator[bytes]:
    header = True
    for table in tables:
        sink = pa.BufferOutputStream()
        arrow_csv.write_csv(
            table, sink, arrow_csv.WriteOptions(include_header=header, quoting_style="needed")
        )
        yield sink.getvalue().to_pybytes()
        header = False


class _Parts:
    """A file that gives back what was written to it."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._length = 0

    def write(self, part: Any) -> int:
        copied = bytes(part)
        self._parts.append(copied)
        self._length += len(copied)
        return len(copied)

    def tell(self) -> int:
        return self._length

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        parts, self._parts = b"".join(self._parts), []
        return parts


def _parquet(tables: Iterable[pa.Table]) -> Iterator[bytes]:
    parts, writer = _Parts(), None
    for table in tables:
        writer = writer or pq.ParquetWriter(parts, table.schema, compression="zstd")
        writer.write_table(table)
        if ready := parts.taken():
            yield ready
    if writer is not None:
        writer.close()
    yield parts.taken()


def _json(tables: Iterable[pa.Table], head: Mapping[str, Any]) -> Iterator[bytes]:
    yield orjson.dumps(dict(head))[:-1] + (b"," if head else b"") + b'"predictions":['
    predicted, count, first = 0, 0, True
    refused: list[dict[str, Any]] = []
    for table in tables:
        records = [_record(row) for row in table.to_pylist()]
        bad = [row for row in records if row["error"] is not None]
        refused += bad[: max(0, MOST_NAMED - len(refused))]
        count += len(bad)
        predicted += len(records) - len(bad)
        if records:
            yield (b"" if first else b",") + orjson.dumps(records)[1:-1]
            first = False
    ending = {"rows_predicted": predicted, "rows_refused": count, "refused": refused}
    yield b"]," + orjson.dumps(ending)[1:]


def _record(row: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in row if name.startswith(CHANCE)]
    chances = {name.removeprefix(CHANCE): row.pop(name) for name in names}
    return {**row, "probabilities": chances if chances and row["error"] is None else None}
