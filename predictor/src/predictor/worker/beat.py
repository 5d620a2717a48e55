"""The scheduler: `python -m predictor.worker.beat`. It sends what runs on a schedule and watches the jobs."""

from datetime import timedelta
from typing import Any

from jobqueue.scheduler import entries, schedule_until_stopped
from jobqueue.signs import sign_of
from jobqueue.watching import Watch
from predictor.client.queue import COLLECT, RETRAIN, SCHEDULER_TICK
from predictor.config.settings import Settings
from predictor.scheduling import create_scheduling

TICK_SECONDS = 15


def main() -> None:
    """Schedule until told to stop."""
    scheduling = create_scheduling()
    settings = scheduling.settings
    scheduling.celery.conf.beat_schedule = schedule(settings)
    alive = sign_of(settings.sign_of_life_file)

    def look() -> None:
        scheduling.watch.look()
        alive()

    Watch(look, scheduling.app.app_context, settings.watch_interval_seconds).start()
    schedule_until_stopped(scheduling.celery, settings.state_directory)


def schedule(settings: Settings) -> dict[str, dict[str, Any]]:
    """Return what is sent when."""
    return entries(
        {
            "tick": (SCHEDULER_TICK, timedelta(seconds=TICK_SECONDS)),
            "collect": (COLLECT, timedelta(minutes=settings.collect_interval_minutes)),
            "retrain": (RETRAIN, timedelta(hours=settings.retrain_interval_hours)),
        }
    )


if __name__ == "__main__":
    main()
