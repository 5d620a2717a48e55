"""Rows of a CSV file: separated by commas, in UTF-8, with a header."""

import csv
import io
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import IO

import pyarrow as pa
import pyarrow.csv as arrow_csv

from ml_model.serving.signature import Signature
from ml_model.tabular.block import Block, checked, plain
from ml_model.tabular.careful import careful
from ml_model.tabular.choice import Choice, choose
from ml_model.tabular.faults import FileRefused
from ml_model.tabular.kinds import IN_CSV, in_model_order
from ml_model.tabular.pieces import pieces

MOST_HEADER_BYTES = 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class CsvFile:
    """An open CSV file whose header was read.

    Raises:
        FileRefused: there is no header with the model's features.
    """

    rows: int | None = None

    def __init__(self, file: IO[bytes], signature: Signature) -> None:
        self._file = file
        self._bytes = file.seek(0, os.SEEK_END)
        file.seek(0)
        self._header, self._first_line = _header(file)
        self._imputes = signature.imputes
        self.choice: Choice = choose(self._header, signature)
        self._read = [name for name in self.choice.kinds if name not in self.choice.absent]

    def blocks(self) -> Iterator[Block]:
        """Read block after block; rows that cannot be read are among the refused."""
        row = 1
        for piece, line in pieces(self._file, self._first_line, self._bytes):
            for block in self._blocks(piece, row, line):
                row += len(block)
                if len(block):
                    yield block

    def _blocks(self, piece: bytes, row: int, line: int) -> Iterator[Block]:
        position = min(1.0, self._file.tell() / self._bytes)
        table = self._quick(piece)
        if table is None:
            yield from careful(self, piece, row, line, position)
            return
        yield self.checked(plain(table, row, line, position))

    def checked(self, block: Block) -> Block:
        """Return a block of the file's columns as one of the model's."""
        columns = in_model_order(block.columns, self.choice)
        return checked(self.choice.kinds, self._imputes, replace(block, columns=columns))

    def quick(self, piece: bytes) -> pa.Table | None:
        """Read records that are all well; None where one is not, or where lines cannot be counted."""
        return self._quick(piece)

    def _quick(self, piece: bytes) -> pa.Table | None:
        read = arrow_csv.ReadOptions(column_names=self._header, block_size=len(piece) + 1, use_threads=False)
        wanted = {name: IN_CSV[self.choice.kinds[name]] for name in self._read}
        convert = arrow_csv.ConvertOptions(
            column_types=wanted, include_columns=self._read, strings_can_be_null=True
        )
        parse = arrow_csv.ParseOptions(newlines_in_values=b'"' in piece)
        try:
            table = arrow_csv.read_csv(pa.BufferReader(piece), read, parse, convert)
        except pa.ArrowInvalid:
            return None
        counted = piece.count(b"\n") + (not piece.endswith(b"\n"))
        return table if table.num_rows == counted else None

    @property
    def header(self) -> list[str]:
        """Name the file's columns."""
        return self._header

    @property
    def places(self) -> dict[str, int]:
        """Tell where each feature stands in a record."""
        return {name: self._header.index(name) for name in self._read}


def _header(file: IO[bytes]) -> tuple[list[str], int]:
    """Read the first record; return it with the line after it."""
    raw = file.readline(MOST_HEADER_BYTES).removeprefix(BYTE_ORDER_MARK)
    line = 2
    while raw.count(b'"') % 2 and len(raw) < MOST_HEADER_BYTES:
        more = file.readline(MOST_HEADER_BYTES)
        if not more:
            break
        raw, line = raw + more, line + 1
    if len(raw) >= MOST_HEADER_BYTES:
        raise FileRefused(f"The header has more than {MOST_HEADER_BYTES} bytes; send a CSV with line breaks.")
    try:
        text = raw.decode()
    except UnicodeDecodeError as fault:
        raise FileRefused("The file is no CSV in UTF-8: its first line cannot be read.") from fault
    if "\x00" in text:
        raise FileRefused("The file is no CSV: its first line holds NUL characters.")
    try:
        records = list(csv.reader(io.StringIO(text)))
    except csv.Error as fault:
        raise FileRefused(f"The header cannot be read: {fault}.") from fault
    if not records or not any(records[0]):
        raise FileRefused("Put a header with the names of the columns into the first line.")
    return [name.strip() for name in records[0]], line
