"""The part of MLflow's tables that is read here, as its own migrations make them.

https://github.com/mlflow/mlflow/blob/master/mlflow/store/tracking/dbmodels/models.py
"""

from sqlalchemy import BigInteger, Boolean, Column, Double, Integer, MetaData, Table, Text

_METADATA = MetaData()

experiments = Table(
    "experiments",
    _METADATA,
    Column("experiment_id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("artifact_location", Text),
    Column("lifecycle_stage", Text, nullable=False),
    Column("creation_time", BigInteger),
    Column("last_update_time", BigInteger),
)

experiment_tags = Table(
    "experiment_tags",
    _METADATA,
    Column("experiment_id", Integer, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text),
)

runs = Table(
    "runs",
    _METADATA,
    Column("run_uuid", Text, primary_key=True),
    Column("experiment_id", Integer, nullable=False),
    Column("name", Text),
    Column("status", Text, nullable=False),
    Column("lifecycle_stage", Text, nullable=False),
    Column("start_time", BigInteger),
    Column("end_time", BigInteger),
)

tags = Table(
    "tags",
    _METADATA,
    Column("run_uuid", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text),
)

params = Table(
    "params",
    _METADATA,
    Column("run_uuid", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

latest_metrics = Table(
    "latest_metrics",
    _METADATA,
    Column("run_uuid", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Double, nullable=False),
    Column("is_nan", Boolean, nullable=False),
)
