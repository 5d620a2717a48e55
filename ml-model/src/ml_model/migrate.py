"""Bring the schema `ml_model` to its newest revision: `python -m ml_model.migrate`."""

from pathlib import Path

from ml_model.persistence.model.base import SCHEMA
from servicekit.grants import KEEP, Grant
from servicekit.migrations import Migrations

ROLE = "ml_model"
ADDED_ONLY = ("abtest_arms", "artifacts", "deployments", "trained_models")
GRANTS = (
    Grant(ROLE, "SELECT, INSERT", ADDED_ONLY),
    Grant(
        ROLE, KEEP, ("abtests", "algorithms", "algorithm_statuses", "batch_jobs", "endpoints", "evaluations")
    ),
    Grant(ROLE, KEEP, ("requests", "shadows")),
    Grant(ROLE, "SELECT, INSERT, DELETE", ("batch_chunks",)),
)
MIGRATIONS = Migrations(
    Path(__file__).parent / "migrations", lock_key=0x111_0DE1, schema=SCHEMA, grants=GRANTS
)


def upgrade(database_url: str) -> None:
    """Apply the revisions that are missing, all or none; several at once wait for each other."""
    MIGRATIONS.upgrade(database_url)


def head_revision() -> str:
    """Name the newest revision that this package has."""
    return MIGRATIONS.head_revision()


if __name__ == "__main__":
    raise SystemExit(MIGRATIONS.run(f"schema {SCHEMA}"))
