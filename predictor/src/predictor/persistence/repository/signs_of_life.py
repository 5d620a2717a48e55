"""When worker and scheduler were last seen at work."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from predictor.persistence.model.sign_of_life import SignOfLife
from servicekit.database import AnySession


class SignsOfLife:
    """Writes and reads signs of life."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def give(self, process: str) -> None:
        """Say that a kind of process is at work now."""
        seen = insert(SignOfLife).values(process=process, seen_at=func.clock_timestamp())
        self._session.execute(
            seen.on_conflict_do_update(index_elements=["process"], set_={"seen_at": seen.excluded.seen_at})
        )

    def ages_seconds(self) -> dict[str, tuple[datetime, float]]:
        """Give for each kind of process when it was last seen and how many seconds ago."""
        age = func.extract("epoch", func.clock_timestamp() - SignOfLife.seen_at)
        rows = self._session.execute(select(SignOfLife.process, SignOfLife.seen_at, age))
        return {process: (seen_at, float(seconds)) for process, seen_at, seconds in rows}
