"""What every program inherits."""

import os

from stack.addresses import SHARED
from stack.parts import LOOPBACK

QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}


def base_environment() -> dict[str, str]:
    """Return this environment without shared addresses and overrides."""
    dropped = {*SHARED, "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    direct = [
        text
        for text in (os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), LOOPBACK, "localhost")
        if text
    ]
    kept["NO_PROXY"] = kept["no_proxy"] = ",".join(direct)  # peers are never reached through a proxy
    kept["PYTHONUNBUFFERED"] = "1"
    return kept | QUIET
