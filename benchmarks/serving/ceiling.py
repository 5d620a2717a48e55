"""What the load generator itself can do: rounds against a server that only counts bytes and answers.

`python ceiling.py PORT` is that server; `ceiling` starts it and measures.
"""

import select
import socket
import subprocess
import sys
from collections.abc import Callable

from load import Plan, Round, request

from stack.ports import free_port

BODY = b'{"request_id": "0123456789abcdef0123456789abcdef", "label": 1, "probabilities": [0.1, 0.8, 0.1]}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
    len(BODY),
    BODY,
)


def ceiling(drive: Callable[[Plan], Round], body: bytes, clients: tuple[int, ...]) -> dict[int, Round]:
    """Return a round of one second for each number of clients."""
    port = free_port()
    requests = [request("/", body)]
    process = subprocess.Popen(
        [sys.executable, __file__, str(port), str(len(requests[0]))], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        return {count: drive(Plan(port, requests, [], None, count, 1.0)) for count in clients}
    finally:
        process.terminate()
        process.wait(10)


def answer_all(port: int, length: int) -> None:
    """Answer every `length` bytes of each connection."""
    listener = socket.create_server(("127.0.0.1", port), backlog=256)
    poll = select.epoll()
    poll.register(listener.fileno(), select.EPOLLIN)
    links: dict[int, socket.socket] = {}
    received: dict[int, int] = {}
    print("ready", flush=True)
    while True:
        for number, _ in poll.poll():
            if number == listener.fileno():
                link, _ = listener.accept()
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                links[link.fileno()], received[link.fileno()] = link, 0
                poll.register(link.fileno(), select.EPOLLIN)
                continue
            part = links[number].recv(1 << 18)
            received[number] += len(part)
            if not part:
                poll.unregister(number)
                links.pop(number).close()
            elif received[number] >= length:
                received[number] -= length
                links[number].sendall(ANSWER)


if __name__ == "__main__":
    answer_all(int(sys.argv[1]), int(sys.argv[2]))
