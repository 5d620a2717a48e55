"""The only place that reads the environment."""

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from jobqueue.signs import SignSettings
from journal import JournalSettings
from servicekit.settings import MEBIBYTE, DatasetDatabaseSettings, ServiceSettings


class Settings(ServiceSettings, DatasetDatabaseSettings, JournalSettings, SignSettings):
    """Settings of ml-model."""

    model_config = SettingsConfigDict(env_prefix="ML_MODEL_")

    port: int = Field(5001, ge=0, le=65535, description="TCP port to listen on.")
    seed: int = Field(
        42, ge=0, lt=2**32, description="Seed of every model whose hyperparameters name no random_state."
    )
    kept_pipelines: int = Field(
        4, ge=1, le=1000, description="Trained models that each worker process keeps ready in memory."
    )
    max_trained_model_bytes: int = Field(
        256 * MEBIBYTE,
        ge=1024,
        le=1000 * MEBIBYTE,
        description="Largest trained model that is stored; a larger one is answered 409.",
    )
    mlflow_tracking_uri: str = Field(
        "http://127.0.0.1:5000", validation_alias="MLFLOW_TRACKING_URI", description="The MLflow server."
    )
    mlflow_timeout_seconds: int = Field(
        10, ge=1, le=600, description="Seconds that one call to the MLflow server may take."
    )
    mlflow_retries: int = Field(
        1, ge=0, le=8, description="How often a call that the MLflow server did not answer is repeated."
    )
    invocations_endpoint: str | None = Field(
        None,
        min_length=1,
        description="Endpoint whose model answers `/invocations`; needed where several serve one.",
    )
    max_inference_body_bytes: int = Field(
        16 * MEBIBYTE,
        ge=1024,
        description="Largest body of `/v2/.../infer` and `/invocations`; more is answered 413.",
    )
    max_served_model_bytes: int = Field(
        256 * MEBIBYTE,
        ge=1024,
        le=1000 * MEBIBYTE,
        description="Largest model that becomes a version behind an endpoint.",
    )
    kept_served_models: int = Field(
        16,
        ge=1,
        le=1000,
        description="Versions behind endpoints that each worker process keeps ready in memory.",
    )
    kept_predictions_share: float = Field(
        1.0,
        ge=0,
        le=1,
        description="Share of the predictions outside of A/B tests that are kept; 1 keeps all.",
    )
    routes_most_seconds: float = Field(
        2.0,
        ge=0,
        le=86_400,
        description="Seconds for which versions answer on what was last known when the database is away.",
    )
    shadow_capacity: int = Field(
        1000,
        ge=1,
        le=1_000_000,
        description="Copies for versions in the shadow that may wait; more are dropped.",
    )
    celery_broker: SecretStr | None = Field(
        None,
        validation_alias="CELERY_BROKER",
        description="`redis://:password@host:port/number` of the queue; without it files wait for a worker.",
    )
    celery_backend: SecretStr | None = Field(
        None,
        validation_alias="CELERY_BACKEND",
        description="The same for task results; the queue's own where it is not set.",
    )
    max_batch_bytes: int = Field(
        2048 * MEBIBYTE, ge=1024, description="Largest file of rows; more is answered 413."
    )
    max_batch_bytes_at_once: int = Field(
        512 * MEBIBYTE, ge=0, description="Largest file that is answered at once; others become jobs."
    )
    max_batch_rows_at_once: int = Field(
        2_000_000, ge=0, description="Most rows of a Parquet file that is answered at once."
    )
    batch_rows_as_requests: int = Field(
        10_000,
        ge=0,
        le=100_000,
        description="A file of at most so many rows is kept row by row at once; a larger one in chunks.",
    )
    inferred_rows_as_requests: int = Field(
        100,
        ge=0,
        le=100_000,
        description="Rows of one `/v2/.../infer` or `/invocations` request that are kept one by one; more "
        "are kept as one record, of which feedback makes single ones.",
    )
    max_feedback_bytes: int = Field(
        256 * MEBIBYTE, ge=1024, description="Largest file of true labels; more is answered 413."
    )
    batch_processes: int = Field(
        1, ge=1, le=64, description="Processes of the worker that predicts files; each takes one at a time."
    )
    max_batch_seconds: int = Field(
        3600, ge=10, le=86_400, description="Seconds after which a file's job is ended as failed."
    )
    batch_lease_seconds: int = Field(
        10, ge=2, le=600, description="A job that gives no sign for so long has lost its worker."
    )
    batch_attempts: int = Field(
        3, ge=1, le=20, description="How often a job is given to a worker before it is ended as failed."
    )
    batch_watch_seconds: int = Field(
        2, ge=1, le=300, description="Seconds between two looks for jobs whose worker is gone."
    )
