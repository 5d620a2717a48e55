"""Calls to a running service: with a request id, with a time limit, repeated only where that is safe."""

import time
import uuid
from dataclasses import dataclass
from typing import Any

import httpx

CONNECT_TIMEOUT_SECONDS = 3.0
ANSWER_TIMEOUT_SECONDS = 120.0
PATIENCE_SECONDS = 20.0
PAUSE_SECONDS = 0.5

_REQUEST_ID = "X-Request-ID"
_LOST = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError, httpx.CloseError)

Parameters = dict[str, str]
Body = dict[str, Any] | list[dict[str, Any]]


class CallFailed(Exception):
    """A service did not do what it was asked.

    Args:
        service: its name, as `launch.sh logs` knows it.
        reason: what it said, or what happened to the connection.
        request_id: that the service logged, or would have logged.
    """

    def __init__(self, service: str, reason: str, request_id: str) -> None:
        super().__init__(f"{service}: {reason}")
        self.service = service
        self.reason = reason
        self.request_id = request_id


@dataclass(frozen=True)
class _Call:
    method: str
    path: str
    query: Parameters | None = None
    body: Body | None = None
    repeatable: bool = True


class Service:
    """One running service at its address."""

    def __init__(self, name: str, base_url: str) -> None:
        """Keep the address; opens no connection."""
        self.name = name
        self.base_url = base_url.rstrip("/")
        timeout = httpx.Timeout(ANSWER_TIMEOUT_SECONDS, connect=CONNECT_TIMEOUT_SECONDS)
        self._client = httpx.Client(base_url=self.base_url, timeout=timeout, trust_env=False)

    def get(self, path: str, query: Parameters | None = None) -> dict[str, Any]:
        """Return what the service answers; raises CallFailed on anything but success."""
        return self._patiently(_Call("GET", path, query))

    def post(
        self, path: str, body: Body, *, query: Parameters | None = None, repeatable: bool = True
    ) -> dict[str, Any]:
        """Send JSON and return the answer.

        Args:
            path: of the resource.
            body: what to send.
            query: of the address.
            repeatable: whether sending it twice leaves the same as sending it once.

        Raises:
            CallFailed: on anything but success.
        """
        return self._patiently(_Call("POST", path, query, body, repeatable))

    def delete(self, path: str, query: Parameters) -> dict[str, Any]:
        """Delete what the query names; raises CallFailed on anything but success."""
        return self._patiently(_Call("DELETE", path, query, repeatable=False))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _patiently(self, call: _Call) -> dict[str, Any]:
        """Try until it is answered, it fails for good, or patience ends."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            request_id = f"demo-{uuid.uuid4().hex[:16]}"
            try:
                response = self._send(call, request_id)
            except httpx.TransportError as fault:
                if time.monotonic() > deadline or not _may_repeat(call, fault):
                    raise CallFailed(self.name, self._explained(call, fault), request_id) from fault
            else:
                away = response.status_code == httpx.codes.SERVICE_UNAVAILABLE
                if not away or not call.repeatable or time.monotonic() > deadline:
                    return self._answer(call, response, request_id)
            time.sleep(PAUSE_SECONDS)

    def _send(self, call: _Call, request_id: str) -> httpx.Response:
        return self._client.request(
            call.method, call.path, params=call.query, json=call.body, headers={_REQUEST_ID: request_id}
        )

    def _explained(self, call: _Call, fault: httpx.TransportError) -> str:
        what = f"{call.method} {call.path}"
        if isinstance(fault, httpx.ConnectError | httpx.ConnectTimeout):
            return f"nothing answers at {self.base_url} ({what})"
        if isinstance(fault, httpx.TimeoutException):
            return f"no answer to {what} within {ANSWER_TIMEOUT_SECONDS:.0f} seconds"
        return f"the connection was lost during {what}"

    def _answer(self, call: _Call, response: httpx.Response, request_id: str) -> dict[str, Any]:
        request_id = response.headers.get(_REQUEST_ID, request_id)
        try:
            body = response.json()
        except ValueError:
            body = None
        what = f"answered {response.status_code} to {call.method} {call.path}"
        if not isinstance(body, dict):
            raise CallFailed(self.name, f"{what}, and not with a JSON object", request_id)
        if not response.is_success:
            said = body.get("message") or body.get("checks") or body
            raise CallFailed(self.name, f"{what}. {body.get('error', 'Not ready')}: {said}", request_id)
        return body


def _may_repeat(call: _Call, fault: httpx.TransportError) -> bool:
    """Whether the request never arrived, or may arrive twice."""
    if isinstance(fault, httpx.ConnectError | httpx.ConnectTimeout):
        return True
    return call.repeatable and isinstance(fault, _LOST)
