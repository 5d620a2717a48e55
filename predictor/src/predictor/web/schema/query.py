"""Answers about the fingerprints that there is history of."""

from datetime import datetime

from pydantic import Field

from predictor.persistence.model.record import QueryRecord
from predictor.service.query_catalogue import QueryView
from predictor.web.schema.names import DatabaseName
from predictor.web.schema.paging import Page
from servicekit.web.schema import Answer, QueryString


class DatabaseQuery(QueryString):
    """Whose fingerprints."""

    database_name: DatabaseName | None = Field(
        None, description="Observed database; the setting's by default."
    )


class QueriesQuery(Page, DatabaseQuery):
    """Whose fingerprints, and which part."""


class QueryRow(Answer):
    """One fingerprint."""

    query_hash: int
    query: str | None = Field(description="The normalised text, where it is known.")
    windows: int
    last_window: datetime
    mean_execution_time_ms: float

    @classmethod
    def of(cls, record: QueryRecord) -> "QueryRow":
        """Return the row of a fingerprint."""
        return cls(**vars(record))


class QueriesAnswer(Answer):
    """Fingerprints by number."""

    database_name: str
    queries: list[QueryRow]


class QueryAnswer(QueryRow):
    """One fingerprint and what a prediction starts from."""

    database_name: str
    features: dict[str, float | None] = Field(description="Of its newest window; null is unknown.")

    @classmethod
    def of_view(cls, view: QueryView) -> "QueryAnswer":
        """Return the answer for a fingerprint."""
        return cls(**vars(view.record), database_name=view.database_name, features=view.features)
