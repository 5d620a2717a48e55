"""Celery's worker: `python -m predictor.worker`."""

import os
import socket
from typing import Any

from celery.signals import setup_logging, worker_process_init, worker_ready, worker_shutting_down

from predictor.background import create_background
from predictor.client.queue import QUEUE
from predictor.worker.deafness import DeafnessGuard, broker_answers
from predictor.worker.tasks import register
from servicekit.logs import get_logger

log = get_logger(__name__)


def main() -> None:
    """Work until told to stop."""
    background = create_background()
    celery = register(background)
    node = f"predictor-{os.getpid()}@{socket.gethostname()}"
    broker = background.settings.celery_broker.get_secret_value()
    guard = DeafnessGuard(celery, node, broker_answers(broker))

    def keep_our_logs(**_: Any) -> None:
        """Celery leaves logging alone when somebody listens to this signal."""

    def forked(**_: Any) -> None:
        background.forked()

    def ready(**_: Any) -> None:
        log.info("worker ready", processes=background.settings.worker_processes)
        guard.start()

    def leaving(**_: Any) -> None:
        guard.stop()

    setup_logging.connect(keep_our_logs, weak=False)
    worker_process_init.connect(forked, weak=False)
    worker_ready.connect(ready, weak=False)
    worker_shutting_down.connect(leaving, weak=False)
    options = ["--queues", QUEUE, "--hostname", node, "--without-gossip", "--without-mingle"]
    celery.worker_main(["worker", "--loglevel", "WARNING", *options])


if __name__ == "__main__":
    main()
