"""Settings of a service that keeps a journal."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings

from journal.carrying import JournalRules
from servicekit.settings import SHARED


class JournalSettings(BaseSettings):
    """Where answered predictions are kept until they are in the database, and for how long at most."""

    model_config = SHARED

    journal_directory: Path | None = Field(
        None,
        description="Where answered predictions are kept until they are in the database, on a disk that "
        "outlives the process; a folder of the user's state where it is not set.",
    )
    journal_interval_seconds: float = Field(
        0.2, ge=0.01, le=3600, description="Seconds between two groups that are carried to the database."
    )
    journal_max_rows: int = Field(
        500_000,
        ge=1,
        le=100_000_000,
        description="Predictions of one worker process that may wait for the database; after that 503.",
    )
    journal_sync: bool = Field(
        default=False,
        description="Whether a prediction is answered only when the disk itself has it: then it outlives a "
        "power cut, not only the end of every process; each answer waits for the disk.",
    )

    def journal_rules(self, service: str) -> JournalRules:
        """Return the rules of this service's journal."""
        return JournalRules(
            directory=self.journal_directory or _user_state() / "mlops-microservices" / service / "journal",
            every_seconds=self.journal_interval_seconds,
            most_rows=self.journal_max_rows,
            synced=self.journal_sync,
        )


def _user_state() -> Path:
    named = os.environ.get("XDG_STATE_HOME")
    return Path(named) if named else Path.home() / ".local" / "state"
