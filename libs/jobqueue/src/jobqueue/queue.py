"""The Celery app of a service and its one queue."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError as QueueAway
from pydantic import SecretStr
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from jobqueue.request_headers import headers
from servicekit import tracing
from servicekit.errors import Unavailable
from servicekit.logs import get_logger

log = get_logger(__name__)

CONNECT_SECONDS = 2.0
PLAIN_REDIS = ("redis://", "rediss://")
ONCE: dict[str, Any] = {
    "socket_connect_timeout": CONNECT_SECONDS,
    "socket_timeout": CONNECT_SECONDS,
    "retry": Retry(NoBackoff(), 0),
}


@dataclass(frozen=True)
class QueueOptions:
    """What a service's queue is bound to.

    Args:
        name: of the queue, the app and its worker.
        broker: `redis://` address of the queue.
        backend: the same for results; the broker where it is not set.
        task_seconds: after which a task is ended.
        processes: of the worker.
        sign_of_life: file that the worker touches while it hears its queue.
    """

    name: str
    broker: SecretStr
    backend: SecretStr | None
    task_seconds: int
    processes: int
    sign_of_life: Path | None = None


def new_celery(options: QueueOptions, *, stores_results: bool = False) -> Celery:
    """Build the Celery app; opens no connection.

    Only the worker stores results: who sends with a result store waits for its answers, which nobody reads.

    A message is acknowledged when its task has ended, and given back when the task's process dies. The
    visibility timeout lies above the longest task: a task that outlasts it would be handed out twice.
    """
    broker = options.broker.get_secret_value()
    backend = options.backend.get_secret_value() if options.backend else broker
    app = Celery(
        options.name, broker=broker, backend=backend if stores_results else None, set_as_current=False
    )
    app.conf.update(
        task_default_queue=options.name,
        task_serializer="json",
        result_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_track_started=True,
        task_soft_time_limit=options.task_seconds,
        task_time_limit=options.task_seconds + 30,
        result_expires=86_400,
        worker_prefetch_multiplier=1,
        worker_concurrency=options.processes,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": options.task_seconds + 60,
            "unacked_restore_interval": 1,
            "unacked_restore_throttle": 1,
            "socket_timeout": 10.0,
            "socket_connect_timeout": CONNECT_SECONDS,
            "health_check_interval": 5,
        },
        redis_socket_connect_timeout=CONNECT_SECONDS,
        redis_socket_timeout=10.0,
        redis_retry_on_timeout=True,
        enable_utc=True,
        timezone="UTC",
    )
    return app


def send(app: Celery, task: str, job_id: str | int, asked_by: str | None) -> bool:
    """Tell the worker of a queued job; False while the queue does not answer.

    A message may come twice or not at all: the job's row decides, and a watch sends again.
    """
    try:
        _reached(app.conf.broker_url)
        passed_on = headers(asked_by)
        with tracing.sending(task, passed_on):
            app.send_task(task, args=[job_id], headers=passed_on, retry=False)
    except (QueueAway, RedisError, OSError) as fault:
        log.warning("queue unavailable", job_id=job_id, reason=type(fault).__name__)
        return False
    return True


def _reached(url: str) -> None:
    """Raise RedisError at once where Redis does not answer; sending would try again for seconds."""
    if url.startswith(PLAIN_REDIS):
        with Redis.from_url(url, **ONCE) as redis:
            redis.ping()


class QueueCheck:
    """Readiness of the queue."""

    def __init__(self, broker: SecretStr) -> None:
        self._url = broker.get_secret_value()

    def __call__(self) -> None:
        """Raise Unavailable when Redis does not answer."""
        try:
            with Redis.from_url(self._url, **ONCE) as redis:
                redis.ping()
        except RedisError as fault:
            raise Unavailable(f"The queue does not answer ({type(fault).__name__}).") from fault
