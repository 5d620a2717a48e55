"""Ways in which history comes in."""

from flask_restful import Resource

from predictor.service.collection import Collection
from predictor.service.history_import import HistoryImport
from predictor.web.schema.history import CollectedAnswer, HistoryQuery, ImportedAnswer
from servicekit.errors import Conflict, Invalid, TooLarge
from servicekit.web.operation import operation
from servicekit.web.upload import FileBody

HISTORY_FILE = FileBody(("text/csv", "application/vnd.apache.parquet"), "max_import_bytes")


class History(Resource):  # type: ignore[misc]
    """`/api/history`."""

    def __init__(self, history_import: HistoryImport) -> None:
        self._import = history_import

    @operation(
        "Load a file of history, all of its rows or none",
        {201: ImportedAnswer},
        body=HISTORY_FILE,
        query=HistoryQuery,
        errors=(Invalid, TooLarge),
    )
    def post(self, body: bytes, query: HistoryQuery) -> ImportedAnswer:
        """Answer how many rows of how many queries were written."""
        return ImportedAnswer.of(self._import.load(body, query.database_name))


class Collections(Resource):  # type: ignore[misc]
    """`/api/collect`."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    @operation(
        "Read the observed database's statistics once",
        {200: CollectedAnswer},
        query=HistoryQuery,
        errors=(Conflict,),
    )
    def post(self, query: HistoryQuery) -> CollectedAnswer:
        """Answer how many windows were kept."""
        return CollectedAnswer.of(self._collection.collect(query.database_name))
