"""What of the database belongs to this package: its own tables, whatever others keep beside them."""

from typing import Any

from datasetdb.model import Base

VERSION_TABLE = "datasetdb_version"


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Tell whether a comparison of database and models looks at this; only tables are ever left out."""
    return kind != "table" or name in Base.metadata.tables


OPTIONS: dict[str, Any] = {
    "target_metadata": Base.metadata,
    "version_table": VERSION_TABLE,
    "include_name": include_name,
    "compare_server_default": True,
}
