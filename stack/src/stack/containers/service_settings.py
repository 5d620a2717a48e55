"""Settings of the services that stand in the environment of `launch.sh`, passed on to the containers."""

import os
from collections.abc import Mapping
from pathlib import Path

from stack.parts import PARTS, SERVICES

# By which names the services' own settings begin; addresses, ports and folders are the containers' own.
PREFIXES = (*(f"{part.prefix}_" for part in SERVICES), "OTEL_")
SHARED = (
    "DATABASE_POOL_SIZE",
    "DATABASE_CONNECT_TIMEOUT_SECONDS",
    "DATABASE_STATEMENT_TIMEOUT_SECONDS",
    "DEFAULT_SOURCE",
)
OWN = (
    *(f"{part.prefix}_{end}" for part in PARTS for end in ("PORT", "HOST", "URL")),
    *("ML_MODEL_JOURNAL_DIRECTORY", "PREDICTOR_JOURNAL_DIRECTORY", "PREDICTOR_STATE_DIRECTORY"),
    "PREDICTOR_WORKLOAD_DATABASE_URL",
)


def service_settings(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return those settings of the services that are set here."""
    return {
        name: value
        for name, value in sorted(environment.items())
        if (name.startswith(PREFIXES) or name in SHARED) and name not in OWN and "\n" not in value
    }


def write_service_settings(directory: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Write them as a file for Compose, readable by its owner only."""
    path = directory / "settings.env"
    path.touch(mode=0o600)
    lines = [f"{name}='{value}'\n" for name, value in service_settings(environment).items()]
    path.write_text("".join(lines))
    return path
