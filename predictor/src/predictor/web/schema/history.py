"""Requests and answers about ways in which history comes in."""

from datetime import datetime

from pydantic import Field

from predictor.service.collection import CollectionSummary
from predictor.service.history_import import ImportSummary
from predictor.web.schema.names import DatabaseName
from servicekit.web.schema import Answer, QueryString


class HistoryQuery(QueryString):
    """Whose history it is."""

    database_name: DatabaseName | None = Field(
        None, description="Observed database; of a file, for rows that name none. The setting's by default."
    )


class ImportedAnswer(Answer):
    """What a file brought."""

    message: str
    database_name: str | None = Field(description="Observed database; null when the file names several.")
    database_names: list[str]
    rows: int = Field(description="Windows that were written, new or in the place of what was there.")
    fingerprints: int
    first_window: datetime
    last_window: datetime

    @classmethod
    def of(cls, summary: ImportSummary) -> "ImportedAnswer":
        """Return the answer for a file."""
        names = list(summary.databases)
        return cls(
            message=f"Loaded {summary.rows} rows of {summary.fingerprints} queries",
            database_name=names[0] if len(names) == 1 else None,
            database_names=names,
            rows=summary.rows,
            fingerprints=summary.fingerprints,
            first_window=summary.first_window,
            last_window=summary.last_window,
        )


class CollectedAnswer(Answer):
    """What one collection brought."""

    message: str
    database_name: str
    read_at: datetime = Field(description="By the observed server's clock.")
    is_first: bool = Field(description="Nothing was read before: the next collection has a window to keep.")
    statements: int = Field(description="Statements that are counted there.")
    samples: int = Field(description="Windows that were kept.")
    planned: int = Field(description="Of these, the ones whose plan is known.")
    left_out: int = Field(description="Queries over the most that one collection takes.")
    not_queries: int = Field(description="Statements that are no queries, such as BEGIN.")
    hidden: int = Field(
        description="Statements of other roles that may not be seen; pg_read_all_stats helps."
    )
    reset: int = Field(description="Statements whose counters began anew since the last reading.")

    @classmethod
    def of(cls, summary: CollectionSummary) -> "CollectedAnswer":
        """Return the answer for a collection."""
        return cls(message=summary.sentence, **vars(summary))
