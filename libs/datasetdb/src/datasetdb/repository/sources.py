"""The sources that datasets belong to."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from datasetdb.errors import SchemaMismatch
from datasetdb.model.source import Source
from datasetdb.schema import SourceSchema, Target, columns_document, columns_from
from datasetdb.session import AnySession


class Sources:
    """Adds and finds sources."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def add(self, schema: SourceSchema) -> None:
        """Add a source, or find it there already; raise SchemaMismatch when it has another schema."""
        row = {
            "name": schema.name,
            "columns": columns_document(schema),
            "target_name": schema.target.name,
            "target_kind": schema.target.kind,
            "classes": list(schema.target.classes),
        }
        self._session.execute(insert(Source).values(row).on_conflict_do_nothing(index_elements=["name"]))
        if self.get(schema.name) != schema:
            raise SchemaMismatch(schema.name)

    def get(self, name: str) -> SourceSchema | None:
        """Find a source's schema by its name."""
        source = self._session.scalars(select(Source).where(Source.name == name)).one_or_none()
        return None if source is None else schema_of(source)

    def names(self) -> list[str]:
        """List the sources in alphabetical order."""
        return list(self._session.scalars(select(Source.name).order_by(Source.name)))


def schema_of(source: Source) -> SourceSchema:
    """Read a source's row as its schema."""
    target = Target(name=source.target_name, kind=source.target_kind, classes=tuple(source.classes))  # type: ignore[arg-type]
    return SourceSchema(name=source.name, columns=columns_from(source.columns), target=target)
