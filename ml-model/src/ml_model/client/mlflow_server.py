"""The connection to the MLflow server, and what its failures mean."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import requests
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException, RestException

from ml_model.config.settings import Settings
from servicekit.errors import Unavailable
from servicekit.logs import get_logger
from servicekit.tls import client_context

CHECK_TIMEOUT_SECONDS = 3.0

log = get_logger(__name__)


class MlflowUnavailable(Unavailable):
    """The MLflow server does not answer."""

    error = "MLflow unavailable"

    def __init__(self) -> None:
        super().__init__("The MLflow server does not answer; try again when it is running.")


class MlflowRefused(Exception):
    """The MLflow server answered, with a refusal; `code` is its own name for the reason."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def connect(settings: Settings) -> MlflowClient:
    """Make the client; opens no connection.

    Timeout and retries have no other door than the environment, which MLflow reads at each call; the address
    is there too, because a download of `models:/…` looks for it nowhere else.
    """
    os.environ["MLFLOW_TRACKING_URI"] = settings.mlflow_tracking_uri
    os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] = str(settings.mlflow_timeout_seconds)
    os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = str(settings.mlflow_retries)
    os.environ["MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR"] = "1"
    os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
    return MlflowClient(settings.mlflow_tracking_uri, settings.mlflow_tracking_uri)


@contextmanager
def answered() -> Iterator[None]:
    """Sort what MLflow's client raises into absence and refusal.

    Raises:
        MlflowUnavailable: no answer in time, or 5xx, as without its database.
        MlflowRefused: any other refusal, by the server or by the client itself.
    """
    try:
        yield
    except MlflowException as fault:
        if _is_absence(fault):
            log.warning("mlflow unavailable", reason=str(fault))
            raise MlflowUnavailable from fault
        raise MlflowRefused(fault.error_code, fault.message) from fault
    except (requests.RequestException, httpx.HTTPError) as fault:
        log.warning("mlflow unavailable", reason=str(fault))
        raise MlflowUnavailable from fault


def _is_absence(fault: MlflowException) -> bool:
    # A connection that fails is INTERNAL_ERROR too, only not a RestException.
    server_error = fault.get_http_status_code() >= httpx.codes.INTERNAL_SERVER_ERROR
    return server_error or (not isinstance(fault, RestException) and "API request to" in fault.message)


class MlflowCheck:
    """Whether the MLflow server answers."""

    def __init__(self, settings: Settings) -> None:
        self._address = f"{settings.mlflow_tracking_uri.rstrip('/')}/health"

    def __call__(self) -> None:
        """Raise MlflowUnavailable when the server does not answer its health route."""
        context = client_context()
        with (
            answered(),
            httpx.Client(timeout=CHECK_TIMEOUT_SECONDS, trust_env=False, verify=context) as client,
        ):
            client.get(self._address).raise_for_status()
