"""The only place that reads the environment."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from jobqueue.signs import SignSettings
from journal import JournalSettings
from servicekit.settings import MEBIBYTE, DatabaseSettings, ServiceSettings


class Settings(ServiceSettings, DatabaseSettings, JournalSettings, SignSettings):
    """Settings of predictor, its worker and its scheduler."""

    model_config = SettingsConfigDict(env_prefix="PREDICTOR_", env_ignore_empty=True)

    port: int = Field(8081, ge=0, le=65535, description="TCP port to listen on.")
    celery_broker: SecretStr = Field(
        ...,
        validation_alias="CELERY_BROKER",
        description="`redis://:password@host:port/number` of the queue.",
    )
    celery_backend: SecretStr | None = Field(
        None,
        validation_alias="CELERY_BACKEND",
        description="The same for task results; the queue's own where it is not set.",
    )
    seed: int = Field(42, ge=0, lt=2**32, description="Seed of every split, model and explanation.")
    database_name: str = Field(
        "pganalytics",
        min_length=1,
        max_length=200,
        description="Observed database that is meant where a request names none.",
    )
    lookback_days: int = Field(
        30, ge=1, le=3650, description="Days of history that a prediction looks for a fingerprint in."
    )
    min_training_samples: int = Field(
        100, ge=20, le=1_000_000, description="Fewest samples that a model is trained on."
    )
    max_training_samples: int = Field(
        200_000, ge=100, le=5_000_000, description="Most samples that a training reads; the newest are taken."
    )
    confidence_level: float = Field(
        0.9, ge=0.5, le=0.999, description="Share of real times that an interval is to cover."
    )
    kept_models: int = Field(
        4, ge=1, le=1000, description="Models that each worker process keeps ready in memory."
    )
    max_import_bytes: int = Field(
        64 * MEBIBYTE, ge=1024, le=1024 * MEBIBYTE, description="Largest file of history that is imported."
    )
    max_import_rows: int = Field(
        1_000_000, ge=1, le=10_000_000, description="Most rows of one imported file."
    )
    worker_processes: int = Field(
        2, ge=1, le=64, description="Processes of the Celery worker; each runs one task at a time."
    )
    max_training_seconds: int = Field(
        1800, ge=10, le=86_400, description="Seconds after which a training is ended as failed."
    )
    job_lease_seconds: int = Field(
        10, ge=2, le=600, description="A running job that gives no sign for so long has lost its worker."
    )
    job_attempts: int = Field(
        3, ge=1, le=20, description="How often a job is given to a worker before it is ended as failed."
    )
    watch_interval_seconds: int = Field(
        2, ge=1, le=300, description="Seconds between two looks for jobs whose worker is gone."
    )
    retrain_interval_hours: int = Field(
        0, ge=0, le=8760, description="Hours between scheduled trainings; 0 schedules none."
    )
    retrain_model_type: str = Field("lightgbm", description="Model type of scheduled trainings.")
    retrain_activate: bool = Field(
        default=False, description="Whether a scheduled training's model is activated."
    )
    collect_interval_minutes: int = Field(
        0, ge=0, le=1440, description="Minutes between scheduled collections; 0 schedules none."
    )
    observed_database_url: SecretStr | None = Field(
        None, description="`postgresql://user:password@host:port/database` that the collector reads."
    )
    workload_database_url: SecretStr | None = Field(
        None, description="Address of the database that the workload fills and queries."
    )
    state_directory: Path | None = Field(
        None, description="Where the scheduler remembers what it ran last; nowhere where it is not set."
    )
