"""Tell Docker whether this container does its work: `healthy.py PORT PATH`, or `healthy.py FILE SECONDS`.

The first asks over HTTP and wants a 2xx; the second wants a sign of life in the file that is not older.
Nothing but sockets is imported, so a check costs some 20 ms.
"""

import os
import socket
import sys
import time

TIMEOUT_SECONDS = 4.0


def answers(port: int, path: str) -> bool:
    """Whether the program on this port answers the path with success."""
    with socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS) as connection:
        connection.settimeout(TIMEOUT_SECONDS)
        request = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode())
        return connection.recv(64).split(b" ")[1:2] == [b"200"]


def lives(file: str, seconds: float) -> bool:
    """Whether the file was touched within so many seconds."""
    return time.time() - os.stat(file).st_mtime <= seconds  # noqa: PTH116 - pathlib would double the cost


def main(first: str, second: str) -> int:
    """Return the exit status for Docker: 0 healthy, 1 not."""
    try:
        healthy = answers(int(first), second) if first.isdecimal() else lives(first, float(second))
    except OSError:
        return 1
    return 0 if healthy else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
