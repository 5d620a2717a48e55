"""Bring the dataset database to its newest revision: `python -m datasetdb.migrate`."""

from pathlib import Path

from servicekit.grants import READ, Grant
from servicekit.migrations import Migrations

SETS = ("sources", "datasets", "samples", "targets")
GRANTS = (
    # Deleting a set's row takes samples, targets and predictions with it.
    Grant("simulator", "SELECT, INSERT", ("sources", "samples", "targets")),
    Grant("simulator", "SELECT, INSERT, UPDATE, DELETE", ("datasets",)),
    Grant("simulator", READ, ("predictions",)),
    Grant("ml_model", READ, SETS),
    # Locking a set's row asks for the right to change some column; this one can be set to nothing.
    Grant("ml_model", "UPDATE (dataset_id)", ("datasets",)),
    Grant("ml_model", "SELECT, INSERT, DELETE", ("predictions",)),
    Grant("tracking", READ, SETS),
    Grant("monitoring", READ, (*SETS, "predictions")),
)
MIGRATIONS = Migrations(Path(__file__).parent / "migrations", lock_key=0xDA7A5E7, grants=GRANTS)


def upgrade(database_url: str) -> None:
    """Apply the revisions that are missing, all or none; several at once wait for each other."""
    MIGRATIONS.upgrade(database_url)


def head_revision() -> str:
    """Name the newest revision that this package has."""
    return MIGRATIONS.head_revision()


if __name__ == "__main__":
    raise SystemExit(MIGRATIONS.run("dataset database"))
