"""Loads a file of history: all of its rows or none."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from predictor.persistence.repository.bulk_samples import BulkSamples, SampleColumns
from predictor.service.import_errors import FileTooLarge, UnreadableFile
from predictor.service.import_file import read_chunks
from predictor.service.import_rows import RowChecks
from predictor.service.import_values import EPOCH
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger

log = get_logger(__name__)

SOURCE = "import"


@dataclass(frozen=True)
class ImportRules:
    """Limits of one file, and what it means where it says nothing.

    Args:
        database_name: of rows that name none.
        max_bytes: of the file.
        max_rows: of the file.
    """

    database_name: str
    max_bytes: int
    max_rows: int


@dataclass(frozen=True)
class ImportSummary:
    """What was loaded.

    Args:
        databases: that the rows belong to, in their order in the file.
        rows: windows that were written, new or in the place of what was there.
        fingerprints: different queries among them.
        first_window: where the oldest begins.
        last_window: where the newest begins.
    """

    databases: tuple[str, ...]
    rows: int
    fingerprints: int
    first_window: datetime
    last_window: datetime


class HistoryImport:
    """The use case of loading a file."""

    def __init__(self, session: AnySession, rules: ImportRules) -> None:
        self._session = session
        self._rules = rules

    def load_file(self, path: Path, database_name: str | None = None) -> ImportSummary:
        """Load a file of this machine.

        Raises:
            OSError: it cannot be read.
            The same as `load`.
        """
        if path.stat().st_size > self._rules.max_bytes:
            raise FileTooLarge(self._rules.max_bytes)
        return self.load(path.read_bytes(), database_name)

    def load(self, raw: bytes, database_name: str | None = None) -> ImportSummary:
        """Check a CSV or Parquet file row by row and keep its samples; loading it again changes nothing.

        Raises:
            FileTooLarge, TooManyRows: it is over a limit.
            UnreadableFile, WrongColumns: it is not such a file.
            RowsRefused: rows have faults; nothing was loaded.
        """
        if len(raw) > self._rules.max_bytes:
            raise FileTooLarge(self._rules.max_bytes)
        checks = RowChecks(database_name or self._rules.database_name)
        parts = [checks.rows(chunk) for chunk in read_chunks(raw, self._rules.max_rows)]
        checks.find_repeated()
        checks.faults.refuse()
        if not parts:
            raise UnreadableFile("it has no rows")
        databases = tuple(checks.databases)
        with transaction(self._session):
            samples = BulkSamples(self._session)
            rows = samples.add(parts, databases, SOURCE)
            for name, texts in checks.texts.items():
                samples.name_queries(name, texts)
        log.info("history imported", rows=rows, databases=databases)
        return _summary(databases, rows, parts)


def _summary(databases: tuple[str, ...], rows: int, parts: list[SampleColumns]) -> ImportSummary:
    starts = np.concatenate([part.window_start for part in parts])
    queries = np.column_stack(
        [np.concatenate([getattr(part, name) for part in parts]) for name in ("database", "query_hash")]
    )
    return ImportSummary(
        databases=databases,
        rows=rows,
        fingerprints=len(np.unique(queries, axis=0)),
        first_window=EPOCH + timedelta(microseconds=int(starts.min())),
        last_window=EPOCH + timedelta(microseconds=int(starts.max())),
    )
