"""A CSV file in pieces of whole records."""

from collections.abc import Iterator
from typing import IO

from ml_model.tabular.faults import FileRefused

# Two are in flight, each as text, columns, matrix, table, chunk and answer: some forty times this size.
PIECE_BYTES = 1024 * 1024
# A small file is one piece, so that its rows can stand among the requests at once.
WHOLE_BYTES = 4 * 1024 * 1024
MOST_RECORD_BYTES = 8 * 1024 * 1024


def pieces(file: IO[bytes], first_line: int, file_bytes: int) -> Iterator[tuple[bytes, int]]:
    """Give pieces that end with a record, each with the line at which it begins.

    A file of at most WHOLE_BYTES is one piece. A line break between quotes belongs to its value. Raises
    FileRefused for a record without an end.
    """
    rest, line = b"", first_line
    size = WHOLE_BYTES if file_bytes <= WHOLE_BYTES else PIECE_BYTES
    while read := file.read(size):
        piece = rest + read
        end = end_of_records(piece)
        if not end and len(piece) > MOST_RECORD_BYTES:
            raise FileRefused(
                f"The record at line {line} has more than {MOST_RECORD_BYTES} bytes; close its quotes."
            )
        rest = piece[end:]
        if end:
            yield piece[:end], line
            line += piece.count(b"\n", 0, end)
    if rest:
        yield rest, line


def end_of_records(piece: bytes) -> int:
    """Return where the last whole record ends; 0 where there is none."""
    end = piece.rfind(b"\n") + 1
    quotes = piece.count(b'"', 0, end)
    while end and quotes % 2:
        before = piece.rfind(b"\n", 0, end - 1) + 1
        quotes -= piece.count(b'"', before, end)
        end = before
    return end
