"""Rows of a Parquet file."""

from collections.abc import Iterator
from dataclasses import replace
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from ml_model.serving.signature import Signature
from ml_model.tabular.block import Block, checked, plain
from ml_model.tabular.choice import choose
from ml_model.tabular.faults import FileRefused
from ml_model.tabular.kinds import as_model_type, in_model_order

BLOCK_ROWS = 16_384
# A small file is one block, so that its rows can stand among the requests at once.
WHOLE_ROWS = 65_536
MOST_GROUP_BYTES = 1024 * 1024 * 1024
DAMAGED = (pa.ArrowException, OSError)


class ParquetFile:
    """An open Parquet file whose schema was read.

    Raises:
        FileRefused: it is no Parquet, or has not the model's features.
    """

    def __init__(self, file: IO[bytes], signature: Signature) -> None:
        file.seek(0)
        try:
            self._file = pq.ParquetFile(file, pre_buffer=False, buffer_size=1024 * 1024)
            schema = self._file.schema_arrow
        except DAMAGED as fault:
            raise FileRefused("The file is no Parquet file, or a damaged one.") from fault
        self._imputes = signature.imputes
        self.rows = self._file.metadata.num_rows
        self.choice = choose(schema.names, signature)
        self._check_types(schema)
        self._check_size()

    def _check_types(self, schema: pa.Schema) -> None:
        for name, kind in self.choice.kinds.items():
            if name not in self.choice.absent:
                as_model_type(pa.array([], schema.field(name).type), name, kind)

    def _check_size(self) -> None:
        metadata = self._file.metadata
        groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
        if any(group.total_byte_size > MOST_GROUP_BYTES for group in groups):
            raise FileRefused(f"Write the file with row groups of at most {MOST_GROUP_BYTES} bytes.")

    def blocks(self) -> Iterator[Block]:
        """Read block after block.

        Raises:
            FileRefused: the file is damaged further on.
        """
        row, kinds = 1, self.choice.kinds
        size = WHOLE_ROWS if self.rows <= WHOLE_ROWS else BLOCK_ROWS
        read = [name for name in kinds if name not in self.choice.absent]
        try:
            for batch in self._file.iter_batches(size, columns=read, use_threads=False):
                if not batch.num_rows:
                    continue
                block = plain(in_model_order(pa.Table.from_batches([batch]), self.choice), row, row, 0.0)
                row += batch.num_rows
                yield checked(kinds, self._imputes, replace(block, position=(row - 1) / max(1, self.rows)))
        except DAMAGED as fault:
            raise FileRefused(f"The Parquet file is damaged from row {row} on.") from fault
