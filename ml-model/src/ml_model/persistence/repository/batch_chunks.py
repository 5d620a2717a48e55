"""The parts of batches: files that wait, and results."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from sqlalchemy import delete, select

from ml_model.persistence.model.base import SCHEMA
from ml_model.persistence.model.batch_job import BatchChunk
from servicekit.copying import copy_in
from servicekit.database import AnySession

INPUT, RESULT = "input", "result"
PIECE_BYTES = 4 * 1024 * 1024
_COPY = (
    f"COPY {SCHEMA}.batch_chunks (batch_id, kind, number, first_row, rows, content) "
    "FROM STDIN (FORMAT binary)"
)


@dataclass(frozen=True)
class NewChunk:
    """A part of a result."""

    number: int
    first_row: int
    rows: int
    content: bytes


class BatchChunks:
    """Writes parts by COPY, and reads them one at a time."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def add_input(self, batch_id: int, file: IO[bytes]) -> None:
        """Keep a file."""
        file.seek(0)
        number = 0
        while piece := file.read(PIECE_BYTES):
            self._copy(batch_id, INPUT, NewChunk(number, 0, 0, piece))
            number += 1

    def add_result(self, batch_id: int, chunk: NewChunk) -> None:
        """Keep a part of a result."""
        self._copy(batch_id, RESULT, chunk)

    def numbers(self, batch_id: int, kind: str) -> list[int]:
        """Number the parts in their order."""
        wanted = select(BatchChunk.number).where(BatchChunk.batch_id == batch_id, BatchChunk.kind == kind)
        return list(self._session.execute(wanted.order_by(BatchChunk.number)).scalars())

    def content(self, batch_id: int, kind: str, number: int) -> bytes | None:
        """Read one part."""
        wanted = select(BatchChunk.content).where(
            BatchChunk.batch_id == batch_id, BatchChunk.kind == kind, BatchChunk.number == number
        )
        found: bytes | None = self._session.execute(wanted).scalar()
        return found

    def spans(self, batch_id: int) -> list[tuple[int, int, int]]:
        """Give number, first row and count of rows of each part of the result."""
        columns = select(BatchChunk.number, BatchChunk.first_row, BatchChunk.rows)
        wanted = columns.where(BatchChunk.batch_id == batch_id, BatchChunk.kind == RESULT)
        return list(self._session.execute(wanted.order_by(BatchChunk.first_row)).tuples())

    def contents(self, batch_id: int, kind: str) -> Iterator[bytes]:
        """Read part after part."""
        for number in self.numbers(batch_id, kind):
            content = self.content(batch_id, kind, number)
            if content is not None:
                yield content

    def drop(self, batch_id: int, kind: str) -> None:
        """Forget the parts of a kind."""
        gone = delete(BatchChunk).where(BatchChunk.batch_id == batch_id, BatchChunk.kind == kind)
        self._session.execute(gone.execution_options(synchronize_session=False))

    def _copy(self, batch_id: int, kind: str, chunk: NewChunk) -> None:
        name = kind.encode()
        head = struct.pack(
            f">hiqi{len(name)}siqiqiqi",
            *(6, 8, batch_id, len(name), name, 8, chunk.number),
            *(8, chunk.first_row, 8, chunk.rows, len(chunk.content)),
        )
        copy_in(self._session, _COPY, (head, chunk.content))
