"""Files of rows."""

from typing import IO

from flask import Response
from flask_restful import Resource

from ml_model.service.batch_intake import BatchIntake
from ml_model.service.batch_prediction import BegunBatch
from ml_model.service.batch_requests import BatchRequests
from ml_model.web.answer_form import FORMS, wanted_form
from ml_model.web.schema.batch import BatchAnswer, BatchesAnswer, BatchPage, BatchQuery
from ml_model.web.streaming import streamed
from servicekit.errors import Conflict, Invalid, NotFound
from servicekit.web.operation import operation
from servicekit.web.upload import FileBody

ROWS_FILE = FileBody(("text/csv", "application/vnd.apache.parquet"), "max_batch_bytes", spooled=True)


class BatchPredictions(Resource):  # type: ignore[misc]
    """`/api/v1/batch-predict`."""

    def __init__(self, intake: BatchIntake) -> None:
        self._intake = intake

    @operation(
        "Predict a file of rows, CSV or Parquet",
        {200: FORMS, 202: BatchAnswer},
        body=ROWS_FILE,
        query=BatchQuery,
        errors=(Invalid, NotFound, Conflict),
    )
    def post(self, body: IO[bytes], query: BatchQuery) -> Response | tuple[BatchAnswer, int]:
        """Answer each row by its number, or 202 with the job that the file became."""
        form = wanted_form()
        taken = self._intake.take(query.order(), body, in_background=query.in_background)
        if isinstance(taken, BegunBatch):
            return streamed(taken.tables, form, taken.head, body)
        return BatchAnswer.of(taken), 202


class Batches(Resource):  # type: ignore[misc]
    """`/api/v1/batches`."""

    def __init__(self, batches: BatchRequests) -> None:
        self._batches = batches

    @operation("List the batches, the newest first", {200: BatchesAnswer}, query=BatchPage)
    def get(self, query: BatchPage) -> BatchesAnswer:
        """Answer batches with their state."""
        found = self._batches.listed(query.limit, query.offset)
        return BatchesAnswer(batches=[BatchAnswer.of(batch) for batch in found])


class Batch(Resource):  # type: ignore[misc]
    """`/api/v1/batches/<batch_id>`."""

    def __init__(self, batches: BatchRequests) -> None:
        self._batches = batches

    @operation("Tell how a batch is doing", {200: BatchAnswer}, errors=(NotFound,))
    def get(self, batch_id: int) -> BatchAnswer:
        """Answer state, progress and counts."""
        return BatchAnswer.of(self._batches.get(batch_id))


class BatchResult(Resource):  # type: ignore[misc]
    """`/api/v1/batches/<batch_id>/result`."""

    def __init__(self, batches: BatchRequests) -> None:
        self._batches = batches

    @operation("Give the result of a completed batch", {200: FORMS}, errors=(Invalid, NotFound, Conflict))
    def get(self, batch_id: int) -> Response:
        """Answer its rows as the Accept header wants them."""
        form = wanted_form()
        found = self._batches.result(batch_id)
        return streamed(found.tables, form, {"batch_id": batch_id, **found.batch.order})


class BatchCancellation(Resource):  # type: ignore[misc]
    """`/api/v1/batches/<batch_id>/cancel`."""

    def __init__(self, batches: BatchRequests) -> None:
        self._batches = batches

    @operation("Cancel a batch", {200: BatchAnswer}, errors=(NotFound, Conflict))
    def post(self, batch_id: int) -> BatchAnswer:
        """End a batch that is under way."""
        return BatchAnswer.of(self._batches.cancel(batch_id))
