"""The only place that reads the environment."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from servicekit.settings import DatasetDatabaseSettings, ServiceSettings


class Settings(ServiceSettings, DatasetDatabaseSettings):
    """Settings of monitoring."""

    model_config = SettingsConfigDict(env_prefix="MONITORING_")

    port: int = Field(5003, ge=0, le=65535, description="TCP port to listen on.")
    reference_set: str = Field(
        "testing",
        min_length=1,
        max_length=100,
        description="Set that is the reference where a request names none.",
    )
    current_set: str = Field(
        "production",
        min_length=1,
        max_length=100,
        description="Set that is judged where a request names none.",
    )
    sample_rows: int = Field(
        20_000,
        ge=500,
        le=1_000_000,
        description="Rows of each set that are looked at; a larger set is sampled, stratified by target.",
    )
    seed: int = Field(42, ge=0, lt=2**32, description="Seed of that sample.")
    verdict_rows: int = Field(
        500, ge=1, description="Fewest rows of the current set for a verdict on re-training."
    )
    drift_share: float = Field(
        0.5,
        gt=0,
        le=1,
        description="Share of drifted features from which the set as a whole counts as drifted.",
    )
    performance_drop: float = Field(
        0.1,
        ge=0,
        le=1,
        description="How much worse than the reference accuracy, F1, R2 or an error may be, as a share.",
    )
