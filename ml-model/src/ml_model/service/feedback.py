"""Keep what turned out to be true of a prediction."""

from dataclasses import dataclass
from typing import Any

from ml_model.persistence.model.request_record import RequestRecord
from ml_model.persistence.repository.requests import ServedRequests
from ml_model.service.feedback_errors import FeedbackDiffers, NotALabel, RequestNotFound
from ml_model.service.request_keeping import RequestRecords
from ml_model.service.route_map import RouteMap
from ml_model.service.routing import Router
from servicekit.database import AnySession, transaction
from servicekit.errors import Unavailable

Label = str | int | float | bool


@dataclass(frozen=True)
class Truth:
    """The true label of one request; `replace` takes the place of another that was given before."""

    request_id: str
    feedback: Label
    replace: bool = False


class Feedback:
    """The use case of one true label.

    Args:
        session: of the dataset database.
        records: find what is not in the table yet.
        router: knows each version's labels.
    """

    def __init__(self, session: AnySession, records: RequestRecords, router: Router) -> None:
        self._session = session
        self._records = records
        self._router = router

    def give(self, truth: Truth) -> RequestRecord:
        """Keep a true label; the same again is fine.

        Raises:
            RequestNotFound, NotALabel, FeedbackDiffers, Unavailable
        """
        routes = self._router.routes()  # not inside: a look for changes takes a second connection
        with transaction(self._session):
            self._records.bring(truth.request_id)
            requests = ServedRequests(self._session)
            held = requests.locked_feedback(truth.request_id)
            request = requests.get(truth.request_id)
            if held is None or request is None:
                raise RequestNotFound(truth.request_id)
            _check(routes, request, truth.feedback)
            known, given_at = held
            if given_at is not None and same(known, truth.feedback):
                return request
            if given_at is not None and not truth.replace:
                raise FeedbackDiffers(truth.request_id, known)
            requests.give_feedback(truth.request_id, truth.feedback)
            kept = requests.get(truth.request_id)
        if kept is None:
            raise RequestNotFound(truth.request_id)
        return kept


def _check(routes: RouteMap, request: RequestRecord, feedback: Label) -> None:
    place = routes.place(request.endpoint)
    version = next((each for each in place.versions if each.algorithm_id == request.algorithm_id), None)
    if version is None:
        raise Unavailable("This version was registered just now; try again in a moment.")
    classes = version.signature.get("classes")
    if classes is not None and not any(same(label, feedback) for label in classes):
        raise NotALabel(request.request_id, classes)


def same(one: Any, other: Any) -> bool:
    """Tell whether two labels are the same: true is no 1, and 1.0 is one."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other
