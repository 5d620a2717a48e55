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
from stack.demo.service_calls import CallFailed, Service


@contextmanager
def answering(status: int, body: str, *later: tuple[int, str]) -> Iterator[str]:
    """Answer the first requests as told, all others like the last of them, at the address that is yielded."""
    answers = [(status, body), *later]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers.pop(0) if len(answers) > 1 else answers[0]
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("X-Request-ID", "id-of-the-answer")
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

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


def test_what_may_be_repeated_is_repeated_while_the_service_is_away():
    with answering(503, "{}", (503, "{}"), (200, '{"message": "here again"}')) as url:
        assert Service("simulator", url).post("/", {}) == {"message": "here again"}


def test_what_must_not_be_sent_twice_fails_at_once():
    with answering(503, "{}", (200, "{}")) as url, pytest.raises(CallFailed, match="503"):
        Service("tracking", url).post("/", {}, repeatable=False)
