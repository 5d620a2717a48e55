"""Files of true labels."""

from typing import IO

from flask_restful import Resource

from ml_model.service.bulk_feedback import FeedbackImport
from ml_model.web.schema.feedback_file import FeedbackFileAnswer
from servicekit.errors import Invalid
from servicekit.web.operation import operation
from servicekit.web.upload import FileBody

FEEDBACK_FILE = FileBody(("text/csv", "application/json"), "max_feedback_bytes", spooled=True)


class FeedbackFile(Resource):  # type: ignore[misc]
    """`/api/v1/feedback`."""

    def __init__(self, feedback: FeedbackImport) -> None:
        self._feedback = feedback

    @operation(
        "Keep the true labels of many requests, from a CSV file or a JSON list",
        {200: FeedbackFileAnswer},
        body=FEEDBACK_FILE,
        errors=(Invalid,),
    )
    def post(self, body: IO[bytes]) -> FeedbackFileAnswer:
        """Answer how many lines were kept, and name those that were not."""
        with body:
            return FeedbackFileAnswer.of(self._feedback.load(body))
