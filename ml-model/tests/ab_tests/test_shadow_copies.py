"""Copies of real predictions for versions in the shadow."""

import os
import threading
import time
from contextlib import contextmanager

from prometheus_client import CollectorRegistry

from ml_model.service.route_map import ShadowOf, Target, Version
from ml_model.service.shadow_copies import ShadowCopies


def begin(client, version, **others):
    body = {"mlalgorithm": version, "created_by": "ana"} | others
    answer = client.post("/api/v1/shadows", json=body)
    assert answer.status_code == 201
    return answer.get_json()["id"]


def compared(client, shadow_id, least):
    """What the shadow looks like when so many copies have arrived."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = client.get(f"/api/v1/shadows/{shadow_id}").get_json()["comparison"]
        if found["requests"] >= least:
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def test_a_shadow_answers_the_same_requests_and_nobody_sees_it(serving, predict, model_of, inputs):
    client, rows, wine = serving
    model, signature = model_of()
    shown = rows.version(wine, "production", signature=signature, model=model)
    other, turned = model_of(reverse=True, C=0.001)
    hidden = rows.version(wine, None, signature=turned, model=other)
    shadow_id = begin(client, hidden)
    answers = [predict(values) for values in inputs]
    assert {answer["mlalgorithm"] for answer in answers} == {shown}
    client.put(f"/api/v1/mlrequests/{answers[0]['request_id']}", json={"feedback": answers[0]["label"]})
    found = compared(client, shadow_id, len(inputs))
    assert (found["requests"], found["failed"]) == (len(inputs), 0)
    assert found["agreed"] < len(inputs)
    assert found["agreed"] + sum(each["requests"] for each in found["disagreements"]) == len(inputs)
    assert (found["feedback"], found["answered_accuracy"]) == (1, 1)
    assert found["shadow_latency"]["p50_ms"] > 0


def test_a_shadow_that_fails_is_told_and_the_answers_are_not_touched(serving, predict, model_of, inputs):
    client, rows, wine = serving
    model, signature = model_of()
    rows.version(wine, "production", signature=signature, model=model)
    broken = rows.version(wine, None, signature=signature, model=b"no model")
    shadow_id = begin(client, broken)
    for values in inputs[:5]:
        predict(values)
    found = compared(client, shadow_id, 5)
    assert (found["failed"], found["agreed"], found["shadow_latency"]) == (5, 0, None)
    assert "failed in 5" in found["summary"]


def test_a_share_of_the_requests_is_copied_and_none_after_the_end(serving, predict, model_of, inputs):
    client, rows, wine = serving
    model, signature = model_of()
    rows.version(wine, "production", signature=signature, model=model)
    shadow_id = begin(client, rows.version(wine, None, signature=signature, model=model), share=40)
    for values in inputs * 4:
        predict(values)
    found = compared(client, shadow_id, 30)
    assert 30 <= found["requests"] <= 90
    ended = client.post(f"/api/v1/stop_shadow/{shadow_id}").get_json()
    assert ended["status"] == "ended"
    time.sleep(0.3)
    settled = compared(client, shadow_id, 30)["requests"]
    for values in inputs:
        predict(values)
    time.sleep(0.3)
    assert compared(client, shadow_id, 30)["requests"] == settled


class Kept:
    """Where copies go in these tests: a list."""

    def __init__(self):
        self.records = []

    def keep(self, records):
        self.records += records


def version(number):
    signature = {"fields": [{"name": "alcohol"}], "classes": [0, 1], "imputes": False}
    return Version(number, 1, "wine", "forest", str(number), number, None, signature, "0" * 64, None)


TARGET = Target(version(1), "production", None, (ShadowOf(version(2), 100),))


def test_copies_beyond_the_capacity_are_dropped_counted_and_cost_nothing():
    free, registry, kept = threading.Event(), CollectorRegistry(), Kept()

    @contextmanager
    def waiting():
        assert free.wait(30)
        yield

    copies = ShadowCopies({}, kept, 10, registry, waiting)
    started = time.perf_counter()
    for number in range(500):
        copies.offer(TARGET, [1.0], {"alcohol": 1.0}, str(number))
    assert time.perf_counter() - started < 0.5
    labels = {"model_name": "wine", "model_version": "forest:2"}
    dropped = registry.get_sample_value("ml_model_shadow_copies_dropped_total", labels)
    assert dropped >= 500 - 10 - 64
    free.set()
    copies.drain()
    assert len(kept.records) == 500 - dropped
    assert registry.get_sample_value("ml_model_shadow_copies_total", labels) == len(kept.records)


def test_the_answering_version_is_not_its_own_shadow():
    kept = Kept()
    copies = ShadowCopies({}, kept, 10, CollectorRegistry(), contextmanager(lambda: (yield)))
    copies.offer(Target(version(2), "ab_testing", 7, TARGET.shadows), [1.0], {"alcohol": 1.0}, "a")
    copies.drain()
    assert kept.records == []


def test_what_cannot_be_kept_is_counted_and_the_next_copies_are_made():
    class Full(Kept):
        def keep(self, records):
            if not self.records:
                self.records = ["full"]
                raise OSError("no space")
            super().keep(records)

    registry, kept = CollectorRegistry(), Full()
    copies = ShadowCopies({}, kept, 10, registry, contextmanager(lambda: (yield)))
    for number in range(2):
        copies.offer(TARGET, [1.0], {"alcohol": 1.0}, str(number))
        copies.drain()
    labels = {"model_name": "wine", "model_version": "forest:2"}
    assert registry.get_sample_value("ml_model_shadow_copies_failed_total", labels) == 1
    assert [record["shadow_of"] for record in kept.records[1:]] == ["1"]


def test_a_forked_process_makes_its_own_copies():
    kept = Kept()
    copies = ShadowCopies({}, kept, 10, CollectorRegistry(), contextmanager(lambda: (yield)))
    copies.offer(TARGET, [1.0], {"alcohol": 1.0}, "parent")
    copies.drain()
    child = os.fork()
    if child == 0:
        copies.offer(TARGET, [1.0], {"alcohol": 1.0}, "child")
        copies.drain()
        os._exit(len(kept.records))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
