"""Ids and names in requests: any short text may be asked for; what no id looks like is not found."""

from typing import Annotated

from pydantic import Field, StringConstraints

# NUL is refused for every text before a schema is asked; the document says so here.
NO_NUL = Field(json_schema_extra={"pattern": r"^[^\x00]*$"})

Name = Annotated[str, StringConstraints(min_length=1, max_length=100), NO_NUL]
ExperimentId = Name
RunId = Name
