"""The load: clients on plain sockets that each send the next request when the answer is there.

One thread waits for all sockets with epoll, writes requests that were made before and keeps what came back;
answers are read and compared only after the round. `drive` is run in a process of its own.
"""

import contextlib
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from models import Expected
from numpy.typing import NDArray

DRAIN_SECONDS = 20.0
TOLERANCE = 1e-5
HEAD = (
    b"POST %b HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
)


@dataclass(frozen=True)
class Answer:
    """What a server said: labels, and probabilities of shape (n, classes) where it gives them."""

    labels: NDArray[Any]
    probabilities: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Plan:
    """One round: whole HTTP requests, what is right for each, and how an answer's body is read."""

    port: int
    requests: list[bytes]
    expected: list[Expected]
    read: Callable[[bytes], Answer] | None
    clients: int
    seconds: float


@dataclass(frozen=True)
class Round:
    """What one round gave; `milliseconds` has every answer, `in_time` counts those before the end."""

    milliseconds: NDArray[np.float64]
    in_time: int
    seconds: float
    failures: int
    wrong: list[str]
    reconnects: int
    cpu_share: float
    first_failure: str

    @property
    def per_second(self) -> float:
        """Return the answers each second."""
        return self.in_time / self.seconds

    def quantile(self, share: float) -> float:
        """Return a quantile of the milliseconds."""
        return float(np.quantile(self.milliseconds, share)) if len(self.milliseconds) else float("nan")


@dataclass
class _Client:
    link: socket.socket
    place: int
    started: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    length: int = 0


def request(path: str, body: bytes) -> bytes:
    """Return a whole POST request."""
    return HEAD % (path.encode(), len(body), body)


def drive(plan: Plan) -> Round:
    """Send requests for so many seconds, wait for the last answers and compare all of them."""
    return _Driver(plan).run()


class _Driver:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._poll = select.epoll()
        self._clients: dict[int, _Client] = {}
        self._times: list[float] = []
        self._answers: list[tuple[int, bytes]] = []
        self._in_time = self._failures = self._reconnects = self._next = 0
        self._end = 0.0
        self._first_failure = ""

    def run(self) -> Round:
        clients = [_Client(self._connect(), 0) for _ in range(self._plan.clients)]
        burnt, began = time.process_time(), time.perf_counter()
        self._end = began + self._plan.seconds
        for client in clients:
            self._watch(client)
            self._send(client)
        while self._clients and time.perf_counter() < self._end + DRAIN_SECONDS:
            for number, _ in self._poll.poll(1.0):
                self._receive(self._clients[number])
        burnt, wall = time.process_time() - burnt, time.perf_counter() - began
        self._failures += len(self._clients)
        for client in list(self._clients.values()):
            self._leave(client)
        return Round(
            1000 * np.array(self._times),
            self._in_time,
            self._plan.seconds,
            self._failures,
            self._wrong(),
            self._reconnects,
            burnt / wall,
            self._first_failure,
        )

    def _connect(self) -> socket.socket:
        link = socket.create_connection(("127.0.0.1", self._plan.port), timeout=60)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        return link

    def _watch(self, client: _Client) -> None:
        self._clients[client.link.fileno()] = client
        self._poll.register(client.link.fileno(), select.EPOLLIN)

    def _leave(self, client: _Client) -> None:
        self._poll.unregister(client.link.fileno())
        del self._clients[client.link.fileno()]
        client.link.close()

    def _again(self, client: _Client) -> None:
        self._leave(client)
        self._reconnects += 1
        client.link = self._connect()
        self._watch(client)

    def _send(self, client: _Client) -> None:
        client.place = self._next % len(self._plan.requests)
        self._next += 1
        client.received.clear()
        client.length = 0
        client.started = time.perf_counter()
        with contextlib.suppress(ConnectionError):  # what was closed is seen when it is read
            client.link.sendall(self._plan.requests[client.place])

    def _receive(self, client: _Client) -> None:
        try:
            part = client.link.recv(1 << 18, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except ConnectionError:
            part = b""
        if not part:
            self._fail("the connection was closed")
            self._again(client)
            self._go_on(client)
            return
        client.received += part
        if not client.length:
            self._measure(client)
        if client.length and len(client.received) >= client.length:
            self._finish(client)

    @staticmethod
    def _measure(client: _Client) -> None:
        end = client.received.find(b"\r\n\r\n")
        if end >= 0:
            head = bytes(client.received[:end]).lower()
            _, named, rest = head.partition(b"content-length:")
            if not named:
                raise SystemExit(f"an answer without a length: {head.decode()}")
            client.length = end + 4 + int(rest.split(b"\r\n", 1)[0])

    def _finish(self, client: _Client) -> None:
        now = time.perf_counter()
        head, _, body = bytes(client.received).partition(b"\r\n\r\n")
        if head[9:12] == b"200":
            self._times.append(now - client.started)
            self._in_time += now <= self._end
            self._answers.append((client.place, body))
        else:
            self._fail(bytes(client.received[:1000]).decode(errors="replace"))
        if b"connection: close" in head.lower():
            self._again(client)
        self._go_on(client)

    def _fail(self, reason: str) -> None:
        self._failures += 1
        self._first_failure = self._first_failure or reason

    def _go_on(self, client: _Client) -> None:
        if time.perf_counter() < self._end:
            self._send(client)
        else:
            self._leave(client)

    def _wrong(self) -> list[str]:
        if self._plan.read is None:
            return []
        found = []
        for place, body in self._answers:
            fault = difference(self._plan.read(body), self._plan.expected[place])
            if fault:
                found.append(f"request {place}: {fault}")
        return found


def difference(answer: Answer, expected: Expected) -> str | None:
    """Say how an answer differs from scikit-learn's, or nothing."""
    if not np.array_equal(answer.labels, expected.labels):
        return f"labels differ in {np.sum(answer.labels != expected.labels)} rows"
    if answer.probabilities is not None:
        furthest = float(np.max(np.abs(answer.probabilities - expected.probabilities)))
        if not furthest <= TOLERANCE:
            return f"probabilities differ by {furthest:.1e}"
    return None
