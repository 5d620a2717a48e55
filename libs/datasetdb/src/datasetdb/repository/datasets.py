"""The sets of each source."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select

from datasetdb.errors import SourceNotFound
from datasetdb.model.dataset import Dataset
from datasetdb.model.source import Source
from datasetdb.repository.sources import schema_of
from datasetdb.schema import ClassLabel, SourceSchema
from datasetdb.session import AnySession, fresh_plans


@dataclass(frozen=True)
class DatasetRecord:
    """One loaded set: what it holds, and where it came from."""

    dataset_id: int
    source: str
    name: str
    samples: int
    missing_values: int
    class_counts: dict[ClassLabel, int]
    origin: dict[str, Any]
    loaded_at: datetime
    schema: SourceSchema


class Datasets:
    """Replaces, finds and deletes sets; rows are written by Samples."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def replace(self, source: str, name: str, origin: dict[str, Any]) -> int:
        """Delete the set of this name with all its rows, and open an empty one; return its id.

        Others see the old set until the caller commits. A second replacement of the same set waits for
        the first one's transaction. Raises SourceNotFound.
        """
        source_id = self._session.scalar(select(Source.source_id).where(Source.name == source))
        if source_id is None:
            raise SourceNotFound(source)
        self._delete(source_id, name)
        row = {"source_id": source_id, "name": name, "origin": origin}
        return self._session.execute(insert(Dataset).values(row).returning(Dataset.dataset_id)).scalar_one()

    def get(self, source: str, name: str) -> DatasetRecord | None:
        """Find a set by its natural key."""
        row = self._session.execute(_rows().where(Source.name == source, Dataset.name == name)).one_or_none()
        return None if row is None else _record(*row)

    def all(self, source: str | None = None) -> list[DatasetRecord]:
        """List the sets of one source or of all, by source and name."""
        rows = _rows().order_by(Source.name, Dataset.name)
        if source is not None:
            rows = rows.where(Source.name == source)
        return [_record(*row) for row in self._session.execute(rows)]

    def delete(self, source: str, name: str) -> bool:
        """Delete a set with its samples, targets and predictions; return whether there was one."""
        source_id = self._session.scalar(select(Source.source_id).where(Source.name == source))
        return source_id is not None and self._delete(source_id, name)

    def _delete(self, source_id: int, name: str) -> bool:
        # The row to lock may not exist yet, so the natural key is locked instead.
        key = func.hashtextextended(f"datasetdb:{source_id}:{name}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(key)))
        fresh_plans(self._session)
        chosen = delete(Dataset).where(Dataset.source_id == source_id, Dataset.name == name)
        return self._session.execute(chosen.returning(Dataset.dataset_id)).first() is not None


def _rows() -> Select[Any]:
    both = select(Dataset, Source).join(Source, Source.source_id == Dataset.source_id)
    # The rows are written by statements, which objects that the session already holds would not show.
    return both.execution_options(populate_existing=True)


def _record(dataset: Dataset, source: Source) -> DatasetRecord:
    schema = schema_of(source)
    return DatasetRecord(
        dataset_id=dataset.dataset_id,
        source=source.name,
        name=dataset.name,
        samples=dataset.samples,
        missing_values=dataset.missing_values,
        class_counts=dict(zip(schema.target.classes, dataset.class_counts, strict=False)),
        origin=dataset.origin,
        loaded_at=dataset.loaded_at,
        schema=schema,
    )
