"""sources datasets samples targets predictions"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sources",
        sa.Column("source_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("target_name", sa.Text(), nullable=False),
        sa.Column("target_kind", sa.Text(), nullable=False),
        sa.Column("classes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "(target_kind = 'classification') = (jsonb_array_length(classes) > 0)",
            name=op.f("ck_sources_classes"),
        ),
        sa.CheckConstraint(
            "target_kind IN ('classification', 'regression')", name=op.f("ck_sources_target_kind")
        ),
        sa.CheckConstraint("jsonb_array_length(columns) > 0", name=op.f("ck_sources_columns")),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_sources")),
        sa.UniqueConstraint("name", name=op.f("uq_sources_name")),
    )
    op.create_table(
        "datasets",
        sa.Column("dataset_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("samples", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("missing_values", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "class_counts", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("origin", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sources.source_id"],
            name=op.f("fk_datasets_source_id_sources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("dataset_id", name=op.f("pk_datasets")),
        sa.UniqueConstraint("source_id", "name", name=op.f("uq_datasets_source_id_name")),
    )
    op.create_table(
        "samples",
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("sample_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("numbers", postgresql.ARRAY(sa.Double()), nullable=False),
        sa.Column("labels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["datasets.dataset_id"],
            name=op.f("fk_samples_dataset_id_datasets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("dataset_id", "sample_index", name=op.f("pk_samples")),
    )
    op.create_table(
        "predictions",
        sa.Column("dataset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sample_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id", "sample_index"],
            ["samples.dataset_id", "samples.sample_index"],
            name=op.f("fk_predictions_dataset_id_sample_index_samples"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("dataset_id", "sample_index", name=op.f("pk_predictions")),
    )
    op.create_table(
        "targets",
        sa.Column("dataset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sample_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id", "sample_index"],
            ["samples.dataset_id", "samples.sample_index"],
            name=op.f("fk_targets_dataset_id_sample_index_samples"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("dataset_id", "sample_index", name=op.f("pk_targets")),
    )


def downgrade() -> None:
    op.drop_table("targets")
    op.drop_table("predictions")
    op.drop_table("samples")
    op.drop_table("datasets")
    op.drop_table("sources")
