"""Keep the numbers of large requests as bytes in a column of their own, as they are.

PostgreSQL took longer to read them out of JSON than the model to answer them, and bytes of floats are hardly
smaller when they are compressed.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_packed_groups"
down_revision = "2026_11_29_uncompressed_groups"
branch_labels = None
depends_on = None

_DOCUMENTS = ("input_data", "response", "full_response")


def upgrade() -> None:
    op.add_column("requests", sa.Column("packed", sa.LargeBinary()), schema="ml_model")
    op.execute("ALTER TABLE ml_model.requests ALTER COLUMN packed SET STORAGE EXTERNAL")
    _store("EXTENDED")


def downgrade() -> None:
    _store("EXTERNAL")
    op.drop_column("requests", "packed", schema="ml_model")


def _store(how: str) -> None:
    for column in _DOCUMENTS:
        op.execute(f"ALTER TABLE ml_model.requests ALTER COLUMN {column} SET STORAGE {how}")
