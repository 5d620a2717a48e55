"""The only place that reads the environment."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from servicekit.settings import DatasetDatabaseSettings, ServiceSettings


class Settings(ServiceSettings, DatasetDatabaseSettings):
    """Settings of the simulator."""

    model_config = SettingsConfigDict(env_prefix="SIMULATOR_")

    port: int = Field(5004, ge=0, le=65535, description="TCP port to listen on.")
    seed: int = Field(
        42, ge=0, lt=2**32, description="Seed of the split, and of fouling where a request names none."
    )
