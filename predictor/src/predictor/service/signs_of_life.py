"""Show that a process beside the service is at work."""

from predictor.persistence.repository.signs_of_life import SignsOfLife
from servicekit.database import AnySession, transaction


class LifeSigns:
    """The use case of one sign."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def give(self, process: str) -> None:
        """Say that a kind of process is at work now."""
        with transaction(self._session):
            SignsOfLife(self._session).give(process)
