"""Celery's beat: what is sent on a schedule."""

import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery import Celery
from celery.apps.beat import Beat
from celery.signals import setup_logging


def entries(every: Mapping[str, tuple[str, timedelta]]) -> dict[str, dict[str, Any]]:
    """Return what is sent when; a message that found no worker in time is not worked on later.

    Args:
        every: task and interval by the entry's name; an interval of nothing leaves the entry out.
    """
    return {
        name: {"task": task, "schedule": interval, "options": {"expires": interval.total_seconds()}}
        for name, (task, interval) in every.items()
        if interval
    }


def schedule_until_stopped(celery: Celery, directory: Path | None) -> None:
    """Send what the app's schedule says until told to stop.

    Args:
        celery: the app with its schedule.
        directory: where it remembers what it sent last; nowhere where it is None.
    """
    setup_logging.connect(_keep_our_logs, weak=False)
    remembered = _file(directory, celery.main)
    Beat(app=celery, schedule=str(remembered), loglevel="WARNING", quiet=True).run()


def _file(directory: Path | None, name: str) -> Path:
    if directory is None:
        return Path(tempfile.mkdtemp(prefix=f"{name}-")) / "schedule"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return directory / "schedule"


def _keep_our_logs(**_: Any) -> None:
    """Celery leaves logging alone when somebody listens to this signal."""
