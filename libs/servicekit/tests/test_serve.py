"""The service under its real server: two worker processes, one set of metrics, healing."""

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest
from served import free_port, wait_until

HERE = Path(__file__).parent

FACTORY = """
import os
import time
from pathlib import Path
from flask_restful import Resource
from servicekit.settings import ServiceSettings
from servicekit.web.app import Identity, Mount, add_routes, new_app
from servicekit.web.operation import operation
from servicekit.web.schema import Answer

class Pid(Answer):
    pid: int

class Who(Resource):
    @operation("Tell the worker's pid", {200: Pid})
    def get(self):
        return Pid(pid=os.getpid())

class Slow(Who):
    @operation("Answer after a second", {200: Pid})
    def get(self):
        time.sleep(1)
        return Pid(pid=os.getpid())

def create_app():
    app, _ = new_app(Identity("tiny", "1", "tiny"), ServiceSettings(port=int(os.environ["TINY_PORT"])))
    add_routes(app, [Mount(Who, "/who", {}), Mount(Slow, "/slow", {})], {})
    return app
"""


@pytest.fixture
def server(tmp_path):
    port = free_port()
    (tmp_path / "tiny_service.py").write_text(FACTORY)
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "TINY_PORT": str(port),
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "servicekit.serve", "tiny_service:create_app"],
        env=environment,
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    wait_until(lambda: httpx.get(f"{base}/health").status_code == 200)
    yield process, base
    process.terminate()
    process.wait(20)


def workers_seen(base, requests=60):
    return {httpx.get(f"{base}/who").json()["pid"] for _ in range(requests)}


def counted(base):
    text = httpx.get(f"{base}/metrics").text
    line = next(row for row in text.splitlines() if row.startswith("http_requests_total") and "/who" in row)
    return float(line.rpartition(" ")[2])


def test_metrics_are_the_sum_of_all_workers_and_outlive_a_killed_one(server):
    process, base = server
    wait_until(lambda: len(psutil.Process(process.pid).children()) == 2)
    workers_seen(base)
    assert counted(base) == 60
    victim = psutil.Process(process.pid).children()[0].pid
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: victim not in [child.pid for child in psutil.Process(process.pid).children()])
    wait_until(lambda: len(psutil.Process(process.pid).children()) == 2)
    before = counted(base)
    assert before == 60
    workers_seen(base, 10)
    assert counted(base) == 70


def series(base, name):
    """The value of a series without labels."""
    lines = httpx.get(f"{base}/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith(f"{name} ")).rpartition(" ")[2])


def test_restarts_of_workers_are_counted_and_the_start_of_the_service_stays(server):
    process, base = server
    wait_until(lambda: series(base, "service_worker_starts_total") == 2)
    started = series(base, "process_start_time_seconds")
    assert abs(started - psutil.Process(process.pid).create_time()) < 10
    os.kill(psutil.Process(process.pid).children()[0].pid, signal.SIGKILL)
    wait_until(lambda: series(base, "service_worker_starts_total") == 3)
    assert series(base, "process_start_time_seconds") == started
    assert 'service_build_info{service="tiny",version="1"} 1.0' in httpx.get(f"{base}/metrics").text


@pytest.mark.parametrize(
    "text", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nA: " + b"x" * 200_000 + b"\r\n\r\n"]
)
def test_what_is_not_http_is_refused_without_a_page(server, text):
    _, base = server
    port = int(base.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(text)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 4")
    assert body == b""


def test_an_idle_connection_does_not_hold_the_service_back(server):
    process, base = server
    with httpx.Client() as client:
        client.get(f"{base}/who")
        process.terminate()
        assert process.wait(10) == 0


def test_a_running_request_is_answered_before_the_service_stops(server):
    process, base = server
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(httpx.get, f"{base}/slow", timeout=10)
        wait_until(lambda: 'in_progress{method="GET"} 2.0' in httpx.get(f"{base}/metrics").text)
        process.terminate()
        assert answer.result().status_code == 200


def test_workers_end_when_their_master_is_killed(server):
    process, _base = server
    children = psutil.Process(process.pid).children()
    process.kill()
    process.wait(10)
    _, alive = psutil.wait_procs(children, timeout=15)
    assert alive == []
