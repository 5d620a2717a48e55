"""Predictions and their true labels."""

from ml_model.bootstrap.parts import Parts
from ml_model.service.feedback import Feedback
from ml_model.service.kept_requests import KeptRequests
from ml_model.web.controller.mlrequests import Request, Requests
from ml_model.web.controller.predictions import Predictions
from servicekit.web.app import Mount


def prediction_mounts(parts: Parts) -> list[Mount]:
    """Return the routes of single predictions, kept requests and feedback."""
    kept = KeptRequests(parts.session, parts.records)
    feedback = Feedback(parts.session, parts.records, parts.router)
    return [
        Mount(Predictions, "/api/v1/<endpoint>/predict", {"serving": parts.serving}),
        Mount(Requests, "/api/v1/mlrequests", {"requests": kept}),
        Mount(Request, "/api/v1/mlrequests/<request_id>", {"requests": kept, "feedback": feedback}),
    ]
