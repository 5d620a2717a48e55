"""Traces of a service under its real server, sent to a real receiver; nothing of it without an endpoint."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest
from served import free_port, wait_until

from servicekit.otlp_receiver import receiving_traces

HERE = Path(__file__).parent


@pytest.fixture
def run(tmp_path, postgres):
    """A function that runs the tiny service and returns its process and address."""
    processes = []

    def run(**environment):
        port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
        given = {
            "PYTHONPATH": str(HERE),
            "TINY_PORT": str(port),
            "TINY_DB": postgres.create_database(),
            "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics"),
            "LOG_FORMAT": "json",
        }
        with (tmp_path / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "servicekit.serve", "traced_service:create_app"],
                env=kept | given | environment,
                cwd=tmp_path,
                stderr=log,
            )
        processes.append(process)
        base = f"http://127.0.0.1:{port}"
        wait_until(lambda: httpx.get(f"{base}/health").status_code == 200)
        return process, base

    yield run
    for process in processes:
        process.terminate()
        process.wait(20)


@pytest.fixture
def receiver():
    with receiving_traces() as found:
        yield found


def named(name, **attributes):
    return lambda spans: [
        span for span in spans if span.name == name and attributes.items() <= span.attributes.items()
    ]


CALLER = "0af7651916cd43dd8448eb211c80319c"
QUICK = {"OTEL_BSP_SCHEDULE_DELAY": "100"}


def test_a_trace_goes_from_the_caller_through_database_and_peer(run, receiver, tmp_path):
    _, base = run(OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint, **QUICK)
    headers = {"traceparent": f"00-{CALLER}-b7ad6b7169203331-01", "X-Request-ID": "mine-1"}
    assert httpx.get(f"{base}/far", headers=headers).json() == 21
    (far,) = receiver.wait_for(named("GET /far"))
    (near,) = receiver.wait_for(named("GET /near"))
    mine = [span for span in receiver.spans if span.trace == CALLER]
    assert (far.service, far.kind, far.parent) == ("tiny", "server", "b7ad6b7169203331")
    assert far.attributes["http.route"] == "/far"
    assert far.attributes["http.response.status_code"] == 200
    assert far.attributes["request_id"] == near.attributes["request_id"] == "mine-1"
    parents = {span.id: span for span in mine}
    assert (parents[near.parent].kind, parents[parents[near.parent].parent]) == ("client", far)
    assert [span.parent for span in mine if span.attributes.get("db.query.text") == "SELECT 20"] == [far.id]
    lines = [line for line in (tmp_path / "log").read_text().splitlines() if '"route":"/far"' in line]
    assert [f'"trace_id":"{CALLER}"' in line for line in lines] == [True]


def test_both_ways_make_one_span_each_and_a_refusal_too(run, receiver):
    _, base = run(OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint, **QUICK)
    quick = {"Content-Type": "application/json"}
    for number, (name, headers) in enumerate(
        [("x", quick), ("x", {"Content-Type": "application/json;charset=UTF8"}), ("full", quick)]
    ):
        httpx.post(
            f"{base}/api/{name}/double", content=b"4", headers=headers | {"X-Request-ID": f"n-{number}"}
        )
    spans = [receiver.wait_for(named("POST /api/<name>/double", request_id=f"n-{n}")) for n in range(3)]
    assert [len(found) for found in spans] == [1, 1, 1]
    assert [found[0].attributes["http.response.status_code"] for found in spans] == [200, 200, 409]
    assert {found[0].attributes["http.route"] for found in spans} == {"/api/<name>/double"}
    assert len({found[0].trace for found in spans}) == 3


def test_probes_begin_no_trace(run, receiver):
    _, base = run(OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint, **QUICK)
    for path in ("/health", "/ready", "/metrics", "/near"):
        httpx.get(f"{base}{path}")
    receiver.wait_for(named("GET /near"))
    assert {span.name for span in receiver.spans} == {"GET /near"}


def test_of_nothing_sampled_nothing_is_sent_but_what_a_traced_caller_asks(run, receiver):
    _, base = run(OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint, OTEL_TRACES_SAMPLER_ARG="0", **QUICK)
    for _ in range(5):
        httpx.get(f"{base}/near")
    httpx.get(f"{base}/near", headers={"traceparent": f"00-{CALLER}-b7ad6b7169203331-01"})
    receiver.wait_for(named("GET /near"))
    assert [span.trace for span in receiver.spans] == [CALLER]


def test_what_was_not_sent_yet_is_sent_at_the_end(run, receiver):
    process, base = run(OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint, OTEL_BSP_SCHEDULE_DELAY="60000")
    httpx.get(f"{base}/near")
    time.sleep(1)  # a span ends behind its answer
    assert receiver.spans == []
    process.terminate()
    assert process.wait(20) == 0
    assert [span.name for span in receiver.spans] == ["GET /near"]


def test_a_collector_that_is_away_is_no_matter_of_the_requests(run):
    process, base = run(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{free_port()}", **QUICK)
    assert [httpx.get(f"{base}/near").status_code for _ in range(20)] == [200] * 20
    process.terminate()
    assert process.wait(20) == 0


def test_without_an_endpoint_nothing_of_opentelemetry_is_loaded(run, tmp_path):
    program = (
        "import sys; sys.argv=['x','traced_service:create_app']; import traced_service; "
        "traced_service.create_app(); print([m for m in sys.modules if m.startswith('opentelemetry')])"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    given = {"PYTHONPATH": str(HERE), "TINY_PORT": "0", "TINY_DB": "postgresql://a:b@127.0.0.1:1/c"}
    said = subprocess.run(
        [sys.executable, "-c", program], check=False, env=kept | given, capture_output=True, text=True
    )
    assert said.stdout == "[]\n", said.stderr
    process, base = run()
    httpx.get(f"{base}/near")
    for worker in psutil.Process(process.pid).children():
        assert "otel" not in " ".join(thread_names(worker.pid)).lower()


def thread_names(pid):
    return [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/comm")]
