"""The MLflow server as one process: `python -m stack.mlflow_server HOST PORT`.

`mlflow server` imports MLflow twice, in itself and in the uvicorn that it starts: ready after 8 to 10 s, two
processes, and the second outlives the first when that is killed. This starts the same application directly,
with the same variables, in 3 to 4 s. A test compares the variables with those of the installed MLflow. Its
logs are JSON like those of the services.
"""

import os
import sys
import uuid
from typing import Any

from pydantic_settings import SettingsConfigDict

from servicekit import logs
from servicekit.settings import ServiceSettings
from stack.container_secrets import secret
from stack.roles import MLFLOW_READER

STORE = "_MLFLOW_SERVER_FILE_STORE"
ARTIFACT_ROOT = "_MLFLOW_SERVER_ARTIFACT_ROOT"
ARTIFACT_DESTINATION = "_MLFLOW_SERVER_ARTIFACT_DESTINATION"
SERVE_ARTIFACTS = "_MLFLOW_SERVER_SERVE_ARTIFACTS"
BOOT_ID = "_MLFLOW_SERVER_BOOT_ID"
JOB_EXECUTOR = "_MLFLOW_IN_JOB_EXECUTOR"
GATEWAY = "_MLFLOW_SGI_NAME"
READ_BY_TRACKING = ("experiments", "experiment_tags", "runs", "tags", "params", "latest_metrics")
APPLICATION = "mlflow.server.fastapi_app:app"


class LogSettings(ServiceSettings):
    """Format and level of the logs."""

    model_config = SettingsConfigDict(env_prefix="MLFLOW_SERVER_")


def server_environment(store: str, artifacts: str) -> dict[str, str]:
    """Return what MLflow's own command would set before it starts uvicorn."""
    return {
        STORE: store,
        SERVE_ARTIFACTS: "true",
        ARTIFACT_ROOT: "mlflow-artifacts:/",
        ARTIFACT_DESTINATION: artifacts,
        BOOT_ID: uuid.uuid4().hex,
        JOB_EXECUTOR: "false",
        GATEWAY: "uvicorn",
    }


def prepare_schema(store: str) -> None:
    """Make MLflow's tables, or bring those of an older MLflow up to date."""
    import mlflow.store.db.utils as schema  # noqa: PLC0415 - MLflow reads its environment while it is imported
    import mlflow.store.tracking.dbmodels.models  # noqa: F401, PLC0415 - registers the tables

    engine = schema.create_sqlalchemy_engine_with_retry(store)
    if schema._is_empty_database(engine):
        schema._initialize_tables(engine)
    elif schema._get_schema_version(engine) != schema._get_latest_schema_revision():
        schema._upgrade_db(engine)
    with engine.begin() as connection:
        _let_tracking_read(connection)
    engine.dispose()


def _let_tracking_read(connection: Any) -> None:
    """Let tracking's role, where there is one, read what it asks for and nothing else."""
    known = "SELECT 1 FROM pg_roles WHERE rolname = %s"
    if connection.exec_driver_sql(known, (MLFLOW_READER,)).first():
        tables = ", ".join(READ_BY_TRACKING)
        connection.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {MLFLOW_READER}")
        connection.exec_driver_sql(f"GRANT SELECT ON {tables} TO {MLFLOW_READER}")


def main(host: str, port: int) -> None:
    """Serve until told to stop."""
    store = secret("mlflow_backend_store_uri")
    os.environ.pop("MLFLOW_BACKEND_STORE_URI", None)
    os.environ.update(server_environment(store, os.environ.pop("MLFLOW_ARTIFACTS_DESTINATION")))

    import uvicorn  # noqa: PLC0415 - after the environment is set

    os.environ["MLFLOW_CONFIGURE_LOGGING"] = "false"
    logs.configure("mlflow", LogSettings())
    prepare_schema(store)
    uvicorn.run(APPLICATION, host=host, port=port, log_config=None, timeout_graceful_shutdown=5)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
