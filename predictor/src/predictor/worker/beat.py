"""The scheduler: `python -m predictor.worker.beat`. It sends what runs on a schedule and watches the jobs."""

import tempfile
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.apps.beat import Beat
from celery.signals import setup_logging
from sqlalchemy.exc import SQLAlchemyError

from predictor.background import Background, create_background
from predictor.client.queue import COLLECT, RETRAIN, SCHEDULER_TICK
from predictor.config.settings import Settings
from servicekit.logs import get_logger

log = get_logger(__name__)

TICK_SECONDS = 15


def main() -> None:
    """Schedule until told to stop."""
    background = create_background()
    background.celery.conf.beat_schedule = schedule(background.settings)
    setup_logging.connect(_keep_our_logs, weak=False)
    threading.Thread(
        target=watch, args=(background, threading.Event()), name="job-watch", daemon=True
    ).start()
    remembered = _schedule_file(background.settings.state_directory)
    Beat(app=background.celery, schedule=str(remembered), loglevel="WARNING", quiet=True).run()


def schedule(settings: Settings) -> dict[str, dict[str, Any]]:
    """Return what is sent when; a message that found no worker in time is not worked on later."""
    every = {
        "tick": (SCHEDULER_TICK, timedelta(seconds=TICK_SECONDS)),
        "collect": (COLLECT, timedelta(minutes=settings.collect_interval_minutes)),
        "retrain": (RETRAIN, timedelta(hours=settings.retrain_interval_hours)),
    }
    return {
        name: {"task": task, "schedule": interval, "options": {"expires": interval.total_seconds()}}
        for name, (task, interval) in every.items()
        if interval
    }


def watch(background: Background, ended: threading.Event) -> None:
    """Look for lost jobs again and again; a database that is away is asked again."""
    with background.app.app_context():
        while not ended.wait(background.settings.watch_interval_seconds):
            try:
                background.watch.look()
            except SQLAlchemyError as fault:
                log.warning("jobs could not be watched", reason=type(fault).__name__)


def _schedule_file(directory: Path | None) -> Path:
    if directory is None:
        return Path(tempfile.mkdtemp(prefix="predictor-")) / "schedule"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return directory / "schedule"


def _keep_our_logs(**_: Any) -> None:
    """Celery leaves logging alone when somebody listens to this signal."""


if __name__ == "__main__":
    main()
