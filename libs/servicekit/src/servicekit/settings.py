"""Settings that every service shares; a service derives its own and sets the prefix of its names.

Nothing else reads the environment. Values given in code win over the environment, and the environment over
the files in which containers find their secrets: one for a setting, named like it in lower case.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MEBIBYTE = 1024 * 1024
SECRETS = Path("/run/secrets")
SHARED = SettingsConfigDict(
    frozen=True,
    extra="ignore",
    populate_by_name=True,
    secrets_dir=SECRETS if SECRETS.is_dir() else None,
)


class ServiceSettings(BaseSettings):
    """Address, processes, limits and logs of one service."""

    model_config = SHARED

    host: str = Field("127.0.0.1", description="Address to listen on; loopback unless told otherwise.")
    port: int = Field(0, ge=0, le=65535, description="TCP port to listen on.")
    workers: int = Field(2, ge=1, le=64, description="Worker processes of the WSGI server.")
    threads: int = Field(8, ge=1, le=256, description="Threads in each worker process.")
    max_body_bytes: int = Field(MEBIBYTE, ge=1024, description="Largest request body; more is answered 413.")
    log_format: Literal["auto", "json", "console"] = Field(
        "auto",
        validation_alias="LOG_FORMAT",
        description="`json`, `console` (readable), or `auto`: readable on a terminal, else JSON.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", validation_alias="LOG_LEVEL", description="Least severe level that is logged."
    )
    otlp_endpoint: str | None = Field(
        None,
        pattern=r"^(https?://.+)?$",
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="Address of a collector of traces, `http://host:4318`, which takes OTLP over HTTP; "
        "without it no traces are made.",
    )
    otlp_sampled_share: float = Field(
        1.0,
        ge=0,
        le=1,
        validation_alias="OTEL_TRACES_SAMPLER_ARG",
        description="Share of requests and jobs that begin a trace; what a traced caller sends goes on with "
        "its trace.",
    )


class DatabaseSettings(BaseSettings):
    """Where the shared database server's dataset database is and how long to wait for it."""

    model_config = SHARED

    dataset_database_url: SecretStr = Field(
        ...,
        validation_alias="DATASET_DATABASE_URL",
        description="`postgresql://user:password@host:port/database` of the dataset database.",
    )
    database_pool_size: int = Field(
        8,
        ge=1,
        le=100,
        validation_alias="DATABASE_POOL_SIZE",
        description="Most connections that one worker process keeps open.",
    )
    database_connect_timeout_seconds: int = Field(
        3,
        ge=1,
        le=60,
        validation_alias="DATABASE_CONNECT_TIMEOUT_SECONDS",
        description="Seconds to wait for a connection before answering 503.",
    )
    database_statement_timeout_seconds: int = Field(
        60,
        ge=1,
        le=3600,
        validation_alias="DATABASE_STATEMENT_TIMEOUT_SECONDS",
        description="Seconds that one statement may take.",
    )


class DatasetDatabaseSettings(DatabaseSettings):
    """What a service that reads the loaded sets needs beside the database's address."""

    default_source: str = Field(
        "wine",
        validation_alias="DEFAULT_SOURCE",
        description="Data source that is meant where a request names none.",
    )
