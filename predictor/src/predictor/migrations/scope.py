"""What of the database belongs to predictor: the schema `predictor`, whatever others keep beside it."""

from typing import Any

from predictor.persistence.model import Base
from predictor.persistence.model.base import SCHEMA

VERSION_TABLE = "alembic_version"


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Tell whether a comparison of database and models looks at this."""
    return kind != "schema" or name == SCHEMA


OPTIONS: dict[str, Any] = {
    "target_metadata": Base.metadata,
    "version_table": VERSION_TABLE,
    "version_table_schema": SCHEMA,
    "include_schemas": True,
    "include_name": include_name,
    "compare_server_default": True,
}
