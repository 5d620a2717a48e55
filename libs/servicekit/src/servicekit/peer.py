"""Calls to other services: always with a timeout, with the request id, repeated only when that is safe."""

from dataclasses import dataclass
from typing import Any

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from servicekit import request_id
from servicekit.errors import Unavailable, UpstreamFailed, UpstreamTimeout
from servicekit.tls import client_context

ATTEMPTS = 3


@dataclass(frozen=True)
class PeerAnswer:
    """What a peer said: an HTTP status below 500 and the decoded JSON object."""

    status: int
    body: dict[str, Any]


class Peer:
    """Another service, reached over HTTP.

    Args:
        name: how it is called in messages.
        base_url: address of the service.
        timeout_seconds: how long one call may take.
        transport: another way to reach it (tests pass a WSGI transport).
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        timeout_seconds: float,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._name = name
        self._client = httpx.Client(
            base_url=base_url,
            timeout=httpx.Timeout(timeout_seconds, connect=min(timeout_seconds, 3.0)),
            transport=transport,
            trust_env=False,
            verify=client_context(),
        )

    def get(self, path: str, params: dict[str, str] | None = None) -> PeerAnswer:
        """Ask for a resource; a lost connection is tried again.

        Raises:
            Unavailable: the peer cannot be reached or is not ready.
            UpstreamTimeout: it did not answer in time.
            UpstreamFailed: it answered 5xx or something that is not a JSON object.
        """
        return self._call(httpx.Request("GET", self._url(path), params=params), httpx.TransportError)

    def post(self, path: str, body: dict[str, Any]) -> PeerAnswer:
        """Send a JSON object; tried again only when the connection was never made.

        Raises:
            Unavailable: the peer cannot be reached or is not ready.
            UpstreamTimeout: it did not answer in time.
            UpstreamFailed: it answered 5xx or something that is not a JSON object.
        """
        return self._call(httpx.Request("POST", self._url(path), json=body), httpx.ConnectError)

    def check(self) -> None:
        """Raise when the peer's process does not answer its health route."""
        self.get("/health")

    def _url(self, path: str) -> httpx.URL:
        return self._client.base_url.join(path)

    def _call(self, request: httpx.Request, safe_to_repeat: type[Exception]) -> PeerAnswer:
        if current := request_id.current():
            request.headers[request_id.HEADER] = current
        request.extensions["timeout"] = self._client.timeout.as_dict()
        attempts = Retrying(
            retry=retry_if_exception_type(safe_to_repeat),
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.1, max=1),
            reraise=True,
        )
        try:
            response = attempts(self._client.send, request)
        except httpx.ConnectError as fault:
            raise Unavailable(f"{self._name} cannot be reached; try again when it is running.") from fault
        except httpx.TimeoutException as fault:
            raise UpstreamTimeout(f"{self._name} did not answer in time; try again.") from fault
        except httpx.TransportError as fault:
            raise Unavailable(f"The connection to {self._name} was lost; try again.") from fault
        return self._answer(response)

    def _answer(self, response: httpx.Response) -> PeerAnswer:
        if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise Unavailable(f"{self._name} is not ready; try again.", [{"peer": self._name}])
        try:
            body = response.json()
        except ValueError:
            body = None
        if response.is_server_error or not isinstance(body, dict):
            raise UpstreamFailed(f"{self._name} answered {response.status_code}; look at its log.")
        return PeerAnswer(response.status_code, body)
