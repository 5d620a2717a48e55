"""Rows of batches that somebody asks for by their request id."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from ml_model.persistence.repository.batch_chunks import RESULT, BatchChunks
from ml_model.persistence.repository.batch_jobs import BatchJobs
from ml_model.persistence.repository.batch_rows import BatchRows
from ml_model.persistence.repository.requests import ServedRequests
from ml_model.service.batch_keeping import rows_origin
from ml_model.tabular.scored import kept, loads
from servicekit.database import AnySession

_ID = re.compile(r"b([1-9]\d{0,17})-([1-9]\d{0,17})", re.ASCII)


def bring_rows(session: AnySession, request_ids: Iterable[str]) -> None:
    """Have rows of batches among the requests, in the caller's transaction; other ids are left alone."""
    wanted: dict[int, set[int]] = defaultdict(set)
    named = [one for one in request_ids if _ID.fullmatch(one)]
    if not named:
        return
    there = ServedRequests(session).present(named)
    for request_id in named:
        found = _ID.fullmatch(request_id)
        if found and request_id not in there:
            wanted[int(found[1])].add(int(found[2]))
    for batch_id in sorted(wanted):
        _bring(session, batch_id, sorted(wanted[batch_id]))


def _bring(session: AnySession, batch_id: int, rows: Sequence[int]) -> None:
    job = BatchJobs(session).get(batch_id)
    if job is None or not (job.at_once or job.status == "completed"):
        return
    chunks, left = BatchChunks(session), set(rows)
    for number, first, count in chunks.spans(batch_id):
        inside = [row for row in left if first <= row < first + count]
        content = chunks.content(batch_id, RESULT, number) if inside else None
        if content is None:
            continue
        left -= set(inside)
        table = loads(content)
        chosen = table.filter(pc.is_in(table["row"], pa.array(sorted(inside), pa.int64())))
        BatchRows(session).insert(rows_origin(session, batch_id), kept(chosen))
