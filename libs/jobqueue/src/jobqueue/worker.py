"""The main process of a Celery worker."""

import os
import socket
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from celery import Celery
from celery.signals import (
    setup_logging,
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutting_down,
)

from jobqueue.deafness import DeafnessGuard, broker_answers
from jobqueue.queue import QueueOptions
from jobqueue.signs import sign_of
from servicekit import tracing
from servicekit.logs import get_logger

log = get_logger(__name__)


class Companion(Protocol):
    """A thread that runs beside the worker."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""


def work(
    celery: Celery, options: QueueOptions, forked: Callable[[], None], beside: Sequence[Companion] = ()
) -> None:
    """Work until told to stop.

    Args:
        celery: the app with its tasks.
        options: what it was built with.
        forked: called in each process of the worker when it begins.
        beside: threads that run as long as the worker is ready.
    """
    node = f"{options.name}-{os.getpid()}@{socket.gethostname()}"
    alive = sign_of(options.sign_of_life)
    guard = DeafnessGuard(celery, node, broker_answers(options.broker.get_secret_value()), heard=alive)
    companions: list[Companion] = [guard, *beside]

    def keep_our_logs(**_: Any) -> None:
        """Celery leaves logging alone when somebody listens to this signal."""

    def begun(**_: Any) -> None:
        forked()

    def ended(**_: Any) -> None:
        tracing.flush()  # Celery ends its processes without what Python does at exit

    def ready(**_: Any) -> None:
        log.info("worker ready", processes=options.processes)
        alive()
        for companion in companions:
            companion.start()

    def leaving(**_: Any) -> None:
        for companion in companions:
            companion.stop()

    setup_logging.connect(keep_our_logs, weak=False)
    worker_process_init.connect(begun, weak=False)
    worker_process_shutdown.connect(ended, weak=False)
    worker_ready.connect(ready, weak=False)
    worker_shutting_down.connect(leaving, weak=False)
    arguments = ["--queues", options.name, "--hostname", node, "--without-gossip", "--without-mingle"]
    celery.worker_main(["--quiet", "worker", "--loglevel", "WARNING", *arguments])
