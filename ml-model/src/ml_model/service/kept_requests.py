"""Look at predictions that were answered."""

from ml_model.persistence.model.request_record import RequestFilter, RequestRecord
from ml_model.persistence.repository.requests import ServedRequests
from ml_model.service.feedback_errors import RequestNotFound
from ml_model.service.request_keeping import RequestRecords
from servicekit.database import AnySession, transaction


class KeptRequests:
    """The use cases of looking."""

    def __init__(self, session: AnySession, records: RequestRecords) -> None:
        self._session = session
        self._records = records

    def get(self, request_id: str) -> RequestRecord:
        """Show one prediction.

        Raises:
            RequestNotFound
        """
        with transaction(self._session):
            self._records.bring(request_id)
            found = ServedRequests(self._session).get(request_id)
        if found is None:
            raise RequestNotFound(request_id)
        return found

    def page(self, wanted: RequestFilter, limit: int, offset: int) -> tuple[int, list[RequestRecord]]:
        """Count the predictions that are wanted, and list some, the newest first."""
        self._records.flush()
        with transaction(self._session):
            requests = ServedRequests(self._session)
            return requests.count(wanted), requests.page(wanted, limit, offset)
