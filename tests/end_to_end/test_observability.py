"""A stack that is watched: its series are those of rules and dashboards, traces go through all of it."""

import json
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import yaml
from guide_requests import MANAGEMENT, load, optimize, score, summary
from prediction_requests import TRAIN, history_csv, import_history, predict, training, validate, wait_for_job
from running_stack import SERVICES, SOON_SECONDS
from serving_requests import predict as predict_row
from serving_requests import rows_for, two_versions

from stack.ports import free_port

sys.path.insert(0, str(Path(__file__).parents[1] / "observability"))  # knows what rules and dashboards ask

from expressions import BUILT_IN, DASHBOARDS, PROMETHEUS, queries, recorded, rules, wanted
from prometheus_programs import find_program

pytestmark = pytest.mark.end_to_end

CALLER = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"
QUIET = {"ALERTS"}  # nothing fires


def caller(number):
    """The trace of a caller, different for each request, and the header that tells of it."""
    trace = f"{CALLER[:-1]}{number}"
    return trace, {"traceparent": f"00-{trace}-{SPAN}-01", "X-Request-ID": f"watched-{number}"}


@pytest.fixture(scope="module")
def deployed(watched):
    """The guide until a traced caller has had a tuned model deployed."""
    for name in ("training", "testing", "production"):
        load(watched, name)
    run = optimize(watched, "watched", ("LogisticRegression",))["run_ids"]["LogisticRegression"]
    trace, headers = caller(1)
    body = {"request_information": "setting", "run_id": run}
    watched.asked("tracking", "POST", MANAGEMENT, json=body, headers=headers)
    return trace


@pytest.fixture(scope="module")
def job(watched):
    """A training that a traced caller asked for; it has ended well."""
    import_history(watched, history_csv())
    _, headers = caller(2)
    asked = watched.asked("predictor", "POST", TRAIN, json=training("decision_tree"), headers=headers)
    ended = wait_for_job(watched, asked["job_id"])
    assert ended["status"] == "completed", ended
    return ended


@pytest.fixture(scope="module")
def used(watched, deployed, job):
    """Everything has been used that has series of its own."""
    for name in ("training", "testing", "production"):
        score(watched, name)
    summary(watched)
    prediction = predict(watched)
    validate(watched, prediction["prediction_id"], prediction["predicted_execution_time_ms"])
    first, second = two_versions(watched, "watched")
    body = {"mlalgorithm": second["id"], "created_by": "tests", "share": 100}
    watched.asked("ml-model", "POST", "/api/v1/shadows", json=body)
    rows = rows_for(first, 5)
    for row in rows:
        predict_row(watched, "watched", row)
    lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
    watched.asked(
        "ml-model",
        "POST",
        "/api/v1/batch-predict?endpoint=watched",
        content="\n".join(lines).encode(),
        headers={"Content-Type": "text/csv"},
    )


def series(stack):
    """The names of all series of all services."""
    lines = [line for name in SERVICES for line in stack.call(name, "GET", "/metrics").text.splitlines()]
    return {line.partition(" ")[0].partition("{")[0] for line in lines if line and not line.startswith("#")}


def test_every_series_of_a_rule_or_a_dashboard_is_there(watched, used):
    missing = wanted()
    for name in BUILT_IN | recorded():
        missing.pop(name, None)
    deadline = time.monotonic() + SOON_SECONDS  # copies for shadows are predicted behind the answer
    while missing and time.monotonic() < deadline:
        for name in series(watched):
            missing.pop(name, None)
        time.sleep(0.2)
    assert missing == {}


def test_every_place_of_series_answers(watched):
    for name in SERVICES:
        text = watched.call(name, "GET", "/metrics").text
        found = [line for line in text.splitlines() if line.startswith("metrics_source_up")]
        assert found
        assert [line for line in found if not line.endswith(" 1.0")] == []


def wait_until_ready(prometheus):
    """Return when Prometheus has read its storage and its rules; until then it answers 503, or not at all."""
    deadline = time.monotonic() + SOON_SECONDS
    while True:
        try:
            if httpx.get(f"{prometheus}/-/ready").is_success:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline, "Prometheus does not become ready"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def prometheus(watched, used, tmp_path_factory):
    """The address of a real Prometheus that scrapes this stack and has the rules."""
    program, reason = find_program("prometheus")
    if program is None:
        pytest.skip(reason)
    directory = tmp_path_factory.mktemp("prometheus")
    jobs = [
        {"job_name": name, "static_configs": [{"targets": [watched.urls[name].removeprefix("http://")]}]}
        for name in SERVICES
    ]
    every = {"scrape_interval": "2s", "scrape_timeout": "2s", "evaluation_interval": "1s"}
    own = {"global": every, "rule_files": [f"{PROMETHEUS}/rules/*.yml"], "scrape_configs": jobs}
    (directory / "prometheus.yml").write_text(yaml.safe_dump(own))
    port = free_port()
    process = subprocess.Popen(
        [
            program,
            f"--config.file={directory}/prometheus.yml",
            f"--storage.tsdb.path={directory}/data",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(address)
        yield address
    finally:
        process.terminate()
        process.wait(SOON_SECONDS)


def told(prometheus, path, **query):
    """What Prometheus answers."""
    url = f"{prometheus}/api/v1/{path}"
    answer = httpx.post(url, data=query) if query else httpx.get(url)
    body = answer.json()
    assert body["status"] == "success", (query, body)
    return body["data"]


def test_a_real_prometheus_scrapes_all_and_understands_every_rule_and_panel(watched, prometheus):
    deadline = time.monotonic() + SOON_SECONDS
    while len(up := told(prometheus, "query", query="up == 1")["result"]) < len(SERVICES):
        assert time.monotonic() < deadline, up
        time.sleep(0.5)
    time.sleep(3)  # some evaluations
    judged = [rule for group in told(prometheus, "rules")["groups"] for rule in group["rules"]]
    assert len(judged) == len(rules())
    assert [rule for rule in judged if rule["health"] != "ok"] == []
    for path in DASHBOARDS:
        for query in queries(path):
            told(prometheus, "query", query=query)
    empty = [name for name in wanted() if not told(prometheus, "query", query=name)["result"]]
    assert set(empty) <= QUIET | recorded()


def spans_of(receiver, trace, **wanted):
    """Wait for a span of a trace and return it."""
    (found, *_) = receiver.wait_for(
        lambda spans: [
            span
            for span in spans
            if span.trace == trace and all(getattr(span, key) == value for key, value in wanted.items())
        ]
    )
    return found


def above(receiver, span):
    """The services and names from a span up to the caller."""
    spans = {each.id: each for each in receiver.spans}
    way = []
    while span is not None:
        way.append((span.service, span.name))
        parent = span.parent
        span = spans.get(parent)
    assert parent == SPAN
    return way


def test_a_trace_goes_from_the_caller_through_tracking_to_ml_model(deployed, receiver):
    spans_of(receiver, deployed, service="tracking", name=f"POST {MANAGEMENT}")
    last = spans_of(receiver, deployed, service="ml-model", name="POST /root/ml/set_model")
    assert last.attributes["request_id"] == "watched-1"
    way = above(receiver, last)
    assert (way[0], way[-1]) == (("ml-model", "POST /root/ml/set_model"), ("tracking", f"POST {MANAGEMENT}"))
    mine = [each for each in receiver.spans if each.trace == deployed]
    asked_mlflow = {each.service for each in mine if "/mlflow" in each.attributes.get("url.full", "")}
    assert asked_mlflow == {"ml-model"}
    assert not any(each.failed for each in mine)


def test_a_trace_goes_from_a_request_into_its_job(watched, job, receiver):
    trace, _ = caller(2)
    last = spans_of(receiver, trace, name="process predictor.train")
    assert above(receiver, last) == [
        ("predictor", "process predictor.train"),
        ("predictor", "send predictor.train"),
        ("predictor", f"POST {TRAIN}"),
    ]
    below = receiver.wait_for(lambda spans: [each for each in spans if each.parent == last.id])
    assert {each.kind for each in below} == {"client"}


def test_lines_of_services_and_workers_name_request_job_and_trace(watched, job):
    trace, headers = caller(2)
    lines = {
        name: [json.loads(line) for line in log(watched, name) if headers["X-Request-ID"] in line]
        for name in ("predictor", "predictor-worker")
    }
    assert [line["route"] for line in lines["predictor"] if line["event"] == "request"] == [TRAIN]
    assert lines["predictor-worker"]
    assert {line["job_id"] for line in lines["predictor-worker"]} == {job["job_id"]}
    assert {line["task"] for line in lines["predictor-worker"]} == {"predictor.train"}
    assert {line["trace_id"] for name in lines for line in lines[name]} == {trace}


@pytest.mark.parametrize(
    "program", [*SERVICES, "mlflow", "ml-model-worker", "predictor-worker", "predictor-beat"]
)
def test_every_line_of_a_log_is_an_object_that_says_when_how_bad_and_who(watched, used, program):
    for line in log(watched, program):
        said = json.loads(line)
        assert {"timestamp", "level", "event", "service"} <= set(said), line


def log(stack, program):
    """The lines of a program's log that are not empty."""
    text = (stack.home / "logs" / f"{program}.log").read_text()
    return [line for line in text.splitlines() if line.strip()]
