"""A file that is touched while a worker or scheduler does its work, so that whoever runs it can tell."""

from collections.abc import Callable
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings

from servicekit.logs import get_logger
from servicekit.settings import SHARED

log = get_logger(__name__)


class SignSettings(BaseSettings):
    """Where signs are given."""

    model_config = SHARED

    sign_of_life_file: Path | None = Field(
        None,
        validation_alias="SIGN_OF_LIFE_FILE",
        description="File that worker and scheduler touch while they do their work; none where not set.",
    )


def sign_of(file: Path | None) -> Callable[[], None]:
    """Return what gives a sign; a disk that takes none is no reason to stop working."""

    def give() -> None:
        if file is not None:
            try:
                file.touch(mode=0o600)
            except OSError as fault:
                log.warning("no sign of life could be given", reason=fault.strerror)

    return give
