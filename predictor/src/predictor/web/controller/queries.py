"""The fingerprints that there is history of."""

from flask_restful import Resource

from predictor.service.query_catalogue import QueryCatalogue
from predictor.web.schema.query import DatabaseQuery, QueriesAnswer, QueriesQuery, QueryAnswer, QueryRow
from servicekit.errors import NotFound
from servicekit.web.operation import operation


class Queries(Resource):  # type: ignore[misc]
    """`/api/queries`."""

    def __init__(self, queries: QueryCatalogue, default_database: str) -> None:
        self._queries = queries
        self._default_database = default_database

    @operation("List the fingerprints that can be asked about", {200: QueriesAnswer}, query=QueriesQuery)
    def get(self, query: QueriesQuery) -> QueriesAnswer:
        """Answer fingerprints with text, number of windows and mean time."""
        name = query.database_name or self._default_database
        rows = self._queries.listed(name, query.limit, query.offset)
        return QueriesAnswer(database_name=name, queries=[QueryRow.of(row) for row in rows])


class Query(Resource):  # type: ignore[misc]
    """`/api/queries/<query_hash>`."""

    def __init__(self, queries: QueryCatalogue, default_database: str) -> None:
        self._queries = queries
        self._default_database = default_database

    @operation(
        "Tell what is known of a fingerprint", {200: QueryAnswer}, query=DatabaseQuery, errors=(NotFound,)
    )
    def get(self, query_hash: str, query: DatabaseQuery) -> QueryAnswer:
        """Answer its text, its windows, and the features that a prediction starts from."""
        name = query.database_name or self._default_database
        return QueryAnswer.of_view(self._queries.get(name, query_hash))
