"""The only place that reads the environment."""

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from servicekit.settings import DatasetDatabaseSettings, ServiceSettings


class Settings(ServiceSettings, DatasetDatabaseSettings):
    """Settings of tracking."""

    model_config = SettingsConfigDict(env_prefix="TRACKING_")

    port: int = Field(5002, ge=0, le=65535, description="TCP port to listen on.")
    seed: int = Field(42, ge=0, lt=2**32, description="Seed of every model that is tuned.")
    max_candidates: int = Field(
        1_000, ge=1, description="Most combinations of hyperparameters in one request, all models together."
    )
    mlflow_tracking_uri: str = Field(
        "http://127.0.0.1:5000",
        pattern=r"^https?://",
        validation_alias="MLFLOW_TRACKING_URI",
        description="The MLflow server.",
    )
    mlflow_database_url: SecretStr = Field(
        ...,
        validation_alias="MLFLOW_DATABASE_URL",
        description="`postgresql://user:password@host:port/database` of MLflow's database; only read.",
    )
    mlflow_timeout_seconds: int = Field(
        15, ge=1, le=600, description="Seconds that one call to the MLflow server may take."
    )
    mlflow_retries: int = Field(
        2, ge=0, le=8, description="How often a call that the MLflow server did not answer is repeated."
    )
    ml_model_url: str = Field(
        "http://127.0.0.1:5001", validation_alias="ML_MODEL_URL", description="Where ml-model listens."
    )
    ml_model_timeout_seconds: float = Field(
        30.0, gt=0, le=600, description="Seconds that a deployment to ml-model may take."
    )
