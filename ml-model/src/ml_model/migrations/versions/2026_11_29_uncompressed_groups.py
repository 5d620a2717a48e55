"""Store the packed numbers of large requests as they are.

PostgreSQL would try to compress base64 of floats, which takes longer than their prediction and saves little.
Rows of usual width stay below the size from which it tries at all.
"""

from alembic import op

revision = "2026_11_29_uncompressed_groups"
down_revision = "2026_11_21_serving"
branch_labels = None
depends_on = None

_COLUMNS = ("input_data", "response", "full_response")


def upgrade() -> None:
    for column in _COLUMNS:
        op.execute(f"ALTER TABLE ml_model.requests ALTER COLUMN {column} SET STORAGE EXTERNAL")


def downgrade() -> None:
    for column in _COLUMNS:
        op.execute(f"ALTER TABLE ml_model.requests ALTER COLUMN {column} SET STORAGE EXTENDED")
