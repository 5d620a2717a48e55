"""Bring the schema `predictor` to its newest revision: `python -m predictor.migrate`."""

from pathlib import Path

from predictor.persistence.model.base import SCHEMA
from servicekit.grants import KEEP, Grant
from servicekit.migrations import Migrations

ROLE = "predictor"
GRANTS = (
    Grant(ROLE, "SELECT, INSERT", ("predictions", "query_performance_models", "validations")),
    Grant(ROLE, KEEP, ("metrics_pg_stats_query", "model_activations", "query_texts", "signs_of_life")),
    Grant(ROLE, KEEP, ("training_jobs",)),
    Grant(ROLE, "SELECT, INSERT, DELETE", ("statement_counters",)),
)
MIGRATIONS = Migrations(
    Path(__file__).parent / "migrations", lock_key=0x9ED1_C702, schema=SCHEMA, grants=GRANTS
)


def upgrade(database_url: str) -> None:
    """Apply the revisions that are missing, all or none; several at once wait for each other."""
    MIGRATIONS.upgrade(database_url)


def head_revision() -> str:
    """Name the newest revision that this package has."""
    return MIGRATIONS.head_revision()


if __name__ == "__main__":
    raise SystemExit(MIGRATIONS.run(f"schema {SCHEMA}"))
