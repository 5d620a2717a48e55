"""Open a file by its content, whatever it was called."""

from typing import IO

import pyarrow.parquet as pq

from ml_model.serving.signature import Signature
from ml_model.tabular.csv_file import CsvFile
from ml_model.tabular.parquet_file import DAMAGED, ParquetFile

PARQUET_MAGIC = b"PAR1"

TableFile = CsvFile | ParquetFile


def open_table(file: IO[bytes], signature: Signature) -> TableFile:
    """Return the file's reader.

    Raises:
        FileRefused
    """
    file.seek(0)
    is_parquet = file.read(len(PARQUET_MAGIC)) == PARQUET_MAGIC
    return ParquetFile(file, signature) if is_parquet else CsvFile(file, signature)


def parquet_rows(file: IO[bytes]) -> int:
    """Count the rows of a Parquet file; 0 for any other."""
    file.seek(0)
    if file.read(len(PARQUET_MAGIC)) != PARQUET_MAGIC:
        return 0
    file.seek(0)
    try:
        rows: int = pq.read_metadata(file).num_rows
    except DAMAGED:
        return 0
    return rows
