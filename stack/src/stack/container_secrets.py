"""Secrets as containers find them: one file for each."""

import os
from pathlib import Path

DIRECTORY = Path("/run/secrets")


def secret(name: str, directory: Path = DIRECTORY) -> str:
    """Return what the environment says under the name in capitals, else the file of that name.

    Raises:
        SystemExit: there is neither.
    """
    named = os.environ.get(name.upper())
    if named:
        return named
    try:
        return (directory / name).read_text().strip()
    except OSError as error:
        raise SystemExit(f"{name.upper()} is not set, and {error.filename} cannot be read") from error
