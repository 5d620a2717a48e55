"""The only place that reads the environment."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from servicekit.settings import MEBIBYTE, DatasetDatabaseSettings, ServiceSettings


class Settings(ServiceSettings, DatasetDatabaseSettings):
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
