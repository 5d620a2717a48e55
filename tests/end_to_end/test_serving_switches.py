"""The version in production is switched under load: every answer is wholly that of one version."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from serving_requests import STATUSES, predict, predict_path, register, rows_for, set_status, two_versions

pytestmark = pytest.mark.end_to_end

ENDPOINT = "wine-switches"
CLIENTS = 50
SWITCHES = 100
PAUSE_SECONDS = 0.1
NAMED = ("model_version", "label", "probabilities")


@pytest.fixture(scope="module")
def versions(stack) -> tuple[dict, dict]:
    return two_versions(stack, ENDPOINT)


def told(answer: dict) -> tuple:
    return tuple(answer[key] for key in NAMED)


def test_a_hundred_switches_under_load(stack, versions):
    rows = rows_for(versions[0], 20)
    own = {
        version["version"]: [told(predict(stack, ENDPOINT, row, version=version["version"])) for row in rows]
        for version in versions
    }
    assert all(one != other for one, other in zip(*own.values(), strict=True))
    ended = threading.Event()

    def send(number: int) -> tuple[int, set[str]]:
        count, seen = 0, set()
        with httpx.Client(base_url=stack.urls["ml-model"], timeout=60, trust_env=False) as client:
            while not ended.is_set():
                place = (number + count) % len(rows)
                response = client.post(predict_path(ENDPOINT), json=rows[place])
                assert response.status_code == 200, response.text
                answer = response.json()
                assert told(answer) == own[answer["model_version"]][place]
                seen.add(answer["model_version"])
                count += 1
                ended.wait(PAUSE_SECONDS)
        return count, seen

    def switch() -> None:
        with httpx.Client(base_url=stack.urls["ml-model"], timeout=60, trust_env=False) as client:
            for number in range(1, SWITCHES + 1):
                wanted = versions[number % 2]
                body = {"parent_mlalgorithm": wanted["id"], "status": "production", "created_by": "tests"}
                response = client.post(STATUSES, json=body)
                assert response.status_code == 201, response.text
                # Whichever process answers: it knows.
                assert predict(stack, ENDPOINT, rows[0])["mlalgorithm"] == wanted["id"]

    with ThreadPoolExecutor(CLIENTS) as pool:
        sent = [pool.submit(send, number) for number in range(CLIENTS)]
        try:
            switch()
        finally:
            ended.set()
        results = [each.result() for each in sent]
    assert sum(count for count, _ in results) > SWITCHES
    assert set.union(*(seen for _, seen in results)) == set(own)
    history = stack.asked("ml-model", "GET", STATUSES, params={"endpoint": ENDPOINT})
    assert history["total"] == 2 + 2 * SWITCHES
    assert predict(stack, ENDPOINT, rows[0])["mlalgorithm"] == versions[SWITCHES % 2]["id"]


def test_fifty_registrations_at_once_are_numbered_densely(stack, versions):
    with ThreadPoolExecutor(50) as pool:
        added = list(pool.map(lambda _: register(stack, "wine-registered-at-once"), range(50)))
    assert sorted(each["number"] for each in added) == list(range(1, 51))
    assert len({each["id"] for each in added}) == len({each["version"] for each in added}) == 50
    last = max(added, key=lambda each: each["number"])
    set_status(stack, last, "production")
    row = rows_for(last, 1)[0]
    assert predict(stack, "wine-registered-at-once", row)["model_version"] == last["version"]
