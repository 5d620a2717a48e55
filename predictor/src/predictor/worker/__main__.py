"""Celery's worker: `python -m predictor.worker`."""

from jobqueue.worker import work
from predictor.background import create_background
from predictor.client.queue import options
from predictor.worker.tasks import register


def main() -> None:
    """Work until told to stop."""
    background = create_background()
    work(register(background), options(background.settings), background.forked)


if __name__ == "__main__":
    main()
