"""Celery's worker: `python -m ml_model.worker`. The watch over the jobs runs in its first process."""

from jobqueue.watching import Watch
from jobqueue.worker import work
from ml_model.background import create_background
from ml_model.worker.tasks import register


def main() -> None:
    """Work until told to stop."""
    background = create_background()
    seconds = background.settings.batch_watch_seconds
    watch = Watch(background.watch.look, background.app.app_context, seconds)
    work(register(background), background.options, background.forked, [watch])


if __name__ == "__main__":
    main()
