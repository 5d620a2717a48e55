"""Answers that are written while their rows are predicted or read."""

from collections.abc import Generator, Iterator, Mapping
from typing import IO, Any

import pyarrow as pa
from flask import Response, stream_with_context

from ml_model.tabular.answers import written
from ml_model.tabular.memory import give_back

LARGE_BYTES = 4 * 1024 * 1024  # of an answer; below it, to look for memory costs more than there is to find

Tables = Generator[pa.Table, None, None]


def streamed(tables: Tables, form: str, head: Mapping[str, Any], file: IO[bytes] | None = None) -> Response:
    """Return a response that asks for table after table; the file is closed at its end."""
    response = Response(stream_with_context(_closing(tables, form, head)), mimetype=form)
    response.headers["X-Batch-ID"] = str(head["batch_id"])
    if file is not None:
        response.call_on_close(file.close)
    return response


def _closing(tables: Tables, form: str, head: Mapping[str, Any]) -> Iterator[bytes]:
    """Write the tables and end them in the request's context, also when the caller goes away."""
    sent = 0
    try:
        for part in written(tables, form, head):
            sent += len(part)
            yield part
    finally:
        tables.close()
        if sent >= LARGE_BYTES:
            give_back()
