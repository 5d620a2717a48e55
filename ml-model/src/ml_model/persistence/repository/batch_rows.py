"""Rows of batches as requests: those of small batches at once, the others when somebody asks for one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import text

from ml_model.persistence.model.base import SCHEMA
from servicekit.copying import copy_text_in
from servicekit.database import AnySession

_COLUMNS = (
    "request_id, algorithm_id, endpoint_id, purpose, batch_id, input_data, response, full_response, "
    "latency_ms, created_at"
)
_COPY = f"COPY {SCHEMA}.requests ({_COLUMNS}) FROM STDIN"
_INSERT = text(
    f"INSERT INTO {SCHEMA}.requests ({_COLUMNS}) "  # noqa: S608 - our own constants
    "SELECT request_id, :algorithm_id, :endpoint_id, :purpose, :batch_id, CAST(input AS jsonb), "
    "CAST(label AS jsonb), CAST(answer AS jsonb), :latency_ms, :created_at "
    "FROM unnest(CAST(:ids AS text[]), CAST(:inputs AS text[]), CAST(:labels AS text[]), "
    "CAST(:answers AS text[])) AS given (request_id, input, label, answer) ORDER BY request_id "
    "ON CONFLICT (request_id) DO NOTHING"
)


@dataclass(frozen=True)
class RowsOrigin:
    """What the rows of a batch have in common."""

    batch_id: int
    algorithm_id: int
    endpoint_id: int
    purpose: str
    latency_ms: float
    created_at: datetime


class BatchRows:
    """Writes rows of batches into `requests`."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def copy(self, origin: RowsOrigin, rows: Iterable[dict[str, Any]]) -> None:
        """Add rows that are not there yet, by COPY; as `tabular.scored.kept` gives them."""
        same = b"\t%d\t%d\t%s\t%d\t" % (
            origin.algorithm_id,
            origin.endpoint_id,
            origin.purpose.encode(),
            origin.batch_id,
        )
        end = f"\t{origin.latency_ms!r}\t{origin.created_at.isoformat()}\n".encode()
        lines = []
        for row in rows:
            values = b"\t".join(_documents(row)).replace(b"\\", b"\\\\")
            lines.append(b"b%d-%d" % (origin.batch_id, row["row"]) + same + values + end)
        copy_text_in(self._session, _COPY, [b"".join(lines)])

    def insert(self, origin: RowsOrigin, rows: Sequence[dict[str, Any]]) -> None:
        """Add those of the rows that are not there yet."""
        documents = [_documents(row) for row in rows]
        self._session.execute(
            _INSERT,
            vars(origin)
            | {
                "ids": [f"b{origin.batch_id}-{row['row']}" for row in rows],
                "inputs": [given.decode() for given, _, _ in documents],
                "labels": [label.decode() for _, label, _ in documents],
                "answers": [answer.decode() for _, _, answer in documents],
            },
        )


def _documents(row: dict[str, Any]) -> tuple[bytes, bytes, bytes]:
    answer = {"probabilities": row["probabilities"] or None}
    return orjson.dumps(row["input"]), orjson.dumps(row["label"]), orjson.dumps(answer)
