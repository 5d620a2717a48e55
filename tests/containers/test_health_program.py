"""The program that Docker asks whether a container does its work."""

import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

HEALTHY = Path(__file__).parents[2] / "docker" / "healthy.py"


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/ready" else 503)
        self.end_headers()

    def log_message(self, *_):
        """Stay silent."""


@pytest.fixture
def port():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def status(*words) -> int:
    command = [sys.executable, "-I", "-S", str(HEALTHY), *(str(word) for word in words)]
    return subprocess.run(command, check=False, capture_output=True).returncode


def test_a_service_is_healthy_when_it_says_so(port):
    assert status(port, "/ready") == 0
    assert status(port, "/other") == 1


def test_a_port_that_nobody_listens_on_is_not_healthy(port):
    assert status(1, "/ready") == 1


def test_a_worker_is_healthy_while_its_file_is_young(tmp_path):
    file = tmp_path / "alive"
    assert status(file, 60) == 1
    file.touch()
    assert status(file, 60) == 0
    os.utime(file, (1, 1))
    assert status(file, 60) == 1
