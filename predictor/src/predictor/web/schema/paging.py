"""Which part of a list."""

from pydantic import Field

from servicekit.web.schema import QueryString


class Page(QueryString):
    """A part of a list."""

    limit: int = Field(100, ge=1, le=1000, description="Most entries to answer.")
    offset: int = Field(0, ge=0, le=10**9, description="Entries to leave out first.")
