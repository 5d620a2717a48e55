"""What can be wrong with a collection before anything is read."""

from servicekit.errors import Conflict


class NoObservedDatabase(Conflict):
    """The setting names no database to observe."""

    error = "No observed database"

    def __init__(self) -> None:
        super().__init__(
            "No database is observed; set PREDICTOR_OBSERVED_DATABASE_URL to "
            "postgresql://user:password@host:port/database and start the service again."
        )
