"""What can be wrong with the PostgreSQL that is observed."""

from servicekit.errors import Conflict, Unavailable

SETTING = "PREDICTOR_OBSERVED_DATABASE_URL"


class ObservedDatabaseAway(Unavailable):
    """The observed database does not answer."""

    error = "Observed database unavailable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The observed database {reason}; check that it runs and the setting {SETTING}.")


class NoStatementStatistics(Conflict):
    """The observed database keeps no statistics of statements, or hides them."""

    error = "No statement statistics"

    def __init__(self, database: str) -> None:
        super().__init__(
            f"The observed database {database!r} has no pg_stat_statements that can be read. Set "
            "shared_preload_libraries = 'pg_stat_statements' in its postgresql.conf and restart it, run "
            "CREATE EXTENSION pg_stat_statements in the database, and GRANT pg_read_all_stats to the role "
            "that reads."
        )


class UnknownStatementStatistics(Conflict):
    """The extension's view has other columns than any known version."""

    error = "Unknown statement statistics"

    def __init__(self, version: str, missing: str) -> None:
        super().__init__(
            f"pg_stat_statements {version} of the observed database has no column {missing}; versions from "
            "1.4 on are understood: ALTER EXTENSION pg_stat_statements UPDATE."
        )
