"""The connection to the MLflow server: one explicit client, no global run or experiment."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import requests
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException, RestException

from servicekit.errors import Unavailable, UpstreamFailed
from servicekit.logs import get_logger
from servicekit.tls import client_context
from tracking.config.settings import Settings

CHECK_TIMEOUT_SECONDS = 3.0

log = get_logger(__name__)


class MlflowUnavailable(Unavailable):
    """The MLflow server does not answer."""

    error = "MLflow unavailable"

    def __init__(self) -> None:
        super().__init__("The MLflow server does not answer; try again when it is running.")


class MlflowRefused(UpstreamFailed):
    """The MLflow server did not take what it was sent."""

    error = "MLflow refused"

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(f"MLflow refused the request ({code}): {reason}")


def connect(settings: Settings) -> MlflowClient:
    """Make the client; opens no connection.

    Timeout and retries can be told to MLflow through the environment only; it reads them at each call.
    """
    os.environ.update(
        MLFLOW_HTTP_REQUEST_TIMEOUT=str(settings.mlflow_timeout_seconds),
        MLFLOW_HTTP_REQUEST_MAX_RETRIES=str(settings.mlflow_retries),
        MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR="1",
        MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT="true",
        MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false",
    )
    # It warns at each logged model that there is no pip to write down and that integers cannot be missing.
    logging.getLogger("mlflow.utils.environment").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", message="Hint: Inferred schema contains integer column")
    return MlflowClient(settings.mlflow_tracking_uri, settings.mlflow_tracking_uri)


@contextmanager
def answering() -> Iterator[None]:
    """Turn what MLflow's client raises into errors that can be answered.

    Raises:
        MlflowUnavailable: the server cannot be reached, or answers 5xx (as it does without its database).
        MlflowRefused: it answered 4xx.
    """
    try:
        yield
    except RestException as fault:
        if fault.get_http_status_code() >= httpx.codes.INTERNAL_SERVER_ERROR:
            log.warning("mlflow failed", reason=str(fault))
            raise MlflowUnavailable from fault
        raise MlflowRefused(fault.error_code, fault.message) from fault
    except (MlflowException, requests.RequestException) as fault:
        log.warning("mlflow unavailable", reason=str(fault))
        raise MlflowUnavailable from fault


class MlflowCheck:
    """Whether the MLflow server answers."""

    def __init__(self, settings: Settings) -> None:
        self._address = f"{settings.mlflow_tracking_uri.rstrip('/')}/health"

    def __call__(self) -> None:
        """Raise when the server does not answer its health route."""
        with httpx.Client(timeout=CHECK_TIMEOUT_SECONDS, trust_env=False, verify=client_context()) as client:
            client.get(self._address).raise_for_status()
