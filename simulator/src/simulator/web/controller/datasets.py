"""The sets that are loaded."""

from flask_restful import Resource

from servicekit.web.operation import operation
from simulator.service.dataset_loading import DatasetLoading
from simulator.web.schema.loading import DatasetAnswer, DatasetsAnswer, DatasetsQuery


class Datasets(Resource):  # type: ignore[misc]
    """`/root/simulator/datasets`."""

    def __init__(self, loading: DatasetLoading) -> None:
        self._loading = loading

    @operation("List the sets that are loaded", {200: DatasetsAnswer}, query=DatasetsQuery)
    def get(self, query: DatasetsQuery) -> DatasetsAnswer:
        """Answer rows, missing values, classes and time of loading of each set."""
        records = self._loading.loaded(query.source)
        return DatasetsAnswer(
            message="Datasets retrieved successfully", data=[DatasetAnswer.of(record) for record in records]
        )
