"""A demo that cannot go on says why, where to look, and ends with a failure.

The answering side is a socket of three lines: what matters is what the demo makes of each answer.
"""

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from rich.console import Console

from stack.demo import play
from stack.demo.journey import SERVICES


@contextmanager
def answering(status: int, body: str) -> Iterator[str]:
    """Answer every request with the same, at the address that is yielded."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("X-Request-ID", "id-of-the-answer")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def played(url: str) -> tuple[int, str]:
    output = io.StringIO()
    status = play(dict.fromkeys(SERVICES, url), Console(file=output, width=200))
    return status, output.getvalue()


def test_an_error_is_told_with_message_request_id_and_log():
    body = {"error": "Wrong state", "message": "Do this first.", "request_id": "x", "details": []}
    with answering(409, json.dumps(body)) as url:
        status, said = played(url)
    assert status == 1
    for part in ("409", "Wrong state", "Do this first.", "id-of-the-answer", "./launch.sh logs simulator"):
        assert part in said


@pytest.mark.parametrize(
    ("status", "body", "mentions"),
    [
        (500, "<html>oops</html>", "not with a JSON object"),
        (200, "[1, 2]", "not with a JSON object"),
        (200, "{}", "lacks 'checks'"),
        (200, '{"checks": 3}', "not what the guide promises"),
    ],
)
def test_an_answer_that_is_no_answer_fails_the_step(status, body, mentions):
    with answering(status, body) as url:
        ended, said = played(url)
    assert ended == 1
    assert mentions in said
