"""The Celery app and its queue: how the service hands work to the worker."""

from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError as QueueAway
from redis import Redis
from redis.exceptions import RedisError

from predictor.config.settings import Settings
from servicekit import request_id
from servicekit.errors import Unavailable
from servicekit.logs import get_logger

log = get_logger(__name__)

QUEUE = "predictor"
TRAIN = "predictor.train"
COLLECT = "predictor.collect"
RETRAIN = "predictor.retrain"
SCHEDULER_TICK = "predictor.scheduler_tick"
CONNECT_SECONDS = 2.0
REQUEST_ID_HEADER = "request_id"


def new_celery(settings: Settings, *, stores_results: bool = False) -> Celery:
    """Build the Celery app; opens no connection.

    Only the worker stores results: who sends with a result store waits for its answers, which nobody reads.

    A message is acknowledged when its task has ended, and given back when the task's process dies. The
    visibility timeout lies above the longest task: a task that outlasts it would be handed out twice.
    """
    broker = settings.celery_broker.get_secret_value()
    backend = settings.celery_backend.get_secret_value() if settings.celery_backend else broker
    app = Celery(
        "predictor", broker=broker, backend=backend if stores_results else None, set_as_current=False
    )
    app.conf.update(
        task_default_queue=QUEUE,
        task_serializer="json",
        result_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_track_started=True,
        task_soft_time_limit=settings.max_training_seconds,
        task_time_limit=settings.max_training_seconds + 30,
        result_expires=86_400,
        worker_prefetch_multiplier=1,
        worker_concurrency=settings.worker_processes,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": settings.max_training_seconds + 60,
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


class JobQueue:
    """Sends messages to the worker; what they say is in the database."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def send_training(self, job_id: str, asked_by: str | None) -> bool:
        """Tell the worker of a queued job; False while the queue does not answer.

        A message may come twice or not at all: the job's row decides, and a watch sends again.
        """
        try:
            self._app.send_task(TRAIN, args=[job_id], headers=headers(asked_by), retry=False)
        except (QueueAway, RedisError, OSError) as fault:
            log.warning("queue unavailable", job_id=job_id, reason=type(fault).__name__)
            return False
        return True


class QueueCheck:
    """Readiness of the queue."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.celery_broker.get_secret_value()

    def __call__(self) -> None:
        """Raise Unavailable when Redis does not answer."""
        options: dict[str, Any] = {
            "socket_connect_timeout": CONNECT_SECONDS,
            "socket_timeout": CONNECT_SECONDS,
        }
        try:
            with Redis.from_url(self._url, **options) as redis:
                redis.ping()
        except RedisError as fault:
            raise Unavailable(f"The queue does not answer ({type(fault).__name__}).") from fault


def headers(asked_by: str | None = None) -> dict[str, str]:
    """Return the headers that pass the request id on to the worker."""
    current = asked_by or request_id.current()
    return {REQUEST_ID_HEADER: current} if current else {}
