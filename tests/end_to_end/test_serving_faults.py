"""Whatever is killed while callers predict: what they were told is there, and answers come again."""

import time
from collections.abc import Callable
from itertools import count

import httpx
import psutil
import pytest
from running_stack import BACK_SECONDS, SOON_SECONDS, RunningStack, kill
from serving_requests import (
    ERROR_KEYS,
    REQUESTS,
    Said,
    all_requests,
    calling,
    predict,
    predict_path,
    register,
    rows_for,
    two_versions,
)

from stack.leftovers import of_stack

pytestmark = pytest.mark.end_to_end

AWAY_SECONDS = 20
NOT_HELD_UP_SECONDS = 20  # for five answers of each caller
NUMBERS = count(1)


@pytest.fixture(scope="module")
def stack(watched):
    return watched


@pytest.fixture(scope="module")
def rows(stack) -> list[dict]:
    first, _ = two_versions(stack, "wine-faults")
    return rows_for(first, 20)


@pytest.fixture
def endpoint(stack, rows) -> str:
    """An endpoint of the test's own, so that its requests can be counted."""
    name = f"wine-faults-{next(NUMBERS)}"
    register(stack, name, "production")
    return name


def kill_everything(stack: RunningStack) -> None:
    """Send SIGKILL to every process of the stack, those who would bring others back included."""
    while processes := of_stack(stack.home / "run"):
        # Stopped first: none sees another's end and acts on it.
        for act in (psutil.Process.suspend, psutil.Process.kill):
            for process in processes:
                try:
                    act(process)
                except psutil.NoSuchProcess:
                    continue
        psutil.wait_procs(processes, timeout=5)


def keep_away(stack: RunningStack, program: str, seconds: float) -> None:
    """Kill a program and, for some time, whatever comes in its place."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            leader = stack.leader(program)
            for process in (leader, *leader.children(recursive=True)):
                process.kill()
        except (psutil.NoSuchProcess, ValueError):
            pass
        time.sleep(0.1)


def wait_until(stack: RunningStack, condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not in {seconds} s\n{stack.ends_of_logs()}"
        time.sleep(0.1)


def wait_for_more(stack: RunningStack, said: Said, seconds: float = SOON_SECONDS) -> None:
    """Return when callers get answers, and their feedback is taken."""
    predictions, feedback = len(said.predictions), len(said.feedback)
    wait_until(
        stack,
        lambda: len(said.predictions) >= predictions + 20 and len(said.feedback) > feedback,
        seconds,
        "answers",
    )


def check_refusals(refused: list[httpx.Response]) -> None:
    for response in refused:
        assert response.status_code == 503, response.text
        assert set(response.json()) == ERROR_KEYS
        assert int(response.headers["Retry-After"]) > 0


def sent(client: httpx.Client, endpoint: str, row: dict) -> dict:
    """Predict; once more on a new connection where this one was that of a dead process."""
    try:
        response = client.post(predict_path(endpoint), json=row)
    except httpx.TransportError:
        response = client.post(predict_path(endpoint), json=row)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_killed_worker_is_not_missed(stack, endpoint, rows):
    said = {}
    for victim in stack.workers("ml-model"):
        with httpx.Client(base_url=stack.urls["ml-model"], timeout=30, trust_env=False) as client:
            for row in rows:
                said[sent(client, endpoint, row)["request_id"]] = row
            kill(victim)
            said[sent(client, endpoint, rows[0])["request_id"]] = rows[0]
        for request_id, row in said.items():
            assert stack.asked("ml-model", "GET", f"{REQUESTS}/{request_id}")["input_data"] == row
        journals = f"journals/ml-model/{victim.pid}-*"
        gone = lambda: not list(stack.home.glob(journals))  # noqa: B023, E731 - asked at once
        wait_until(stack, gone, BACK_SECONDS, "the journal of the killed worker is carried")
    wait_until(stack, lambda: len(stack.workers("ml-model")) == 2, BACK_SECONDS, "workers")
    assert said.keys() <= all_requests(stack, endpoint).keys()


def test_a_database_that_is_away_is_said_and_nothing_is_missing(stack, endpoint, rows):
    with calling(stack, endpoint, rows, callers=4, pause_seconds=0.02) as said:
        wait_for_more(stack, said)
        answered = len(said.predictions)
        keep_away(stack, "postgres", AWAY_SECONDS)
        assert len(said.predictions) > answered  # what is known goes on for a moment
        stack.wait_until_ready(("ml-model",))
        wait_for_more(stack, said)
    assert said.lost == []
    assert said.refused
    check_refusals(said.refused)
    said.check_kept(stack, endpoint)


def test_a_database_that_keeps_silent_holds_up_no_prediction(stack, endpoint, rows):
    leader = stack.leader("postgres")
    family = [leader, *leader.children(recursive=True)]
    with calling(stack, endpoint, rows, callers=4, pause_seconds=0.02, feedback_every=0) as said:
        wait_until(stack, lambda: len(said.predictions) > 20, SOON_SECONDS, "answers")
        for process in family:
            process.suspend()
        try:
            wait_until(stack, lambda: len(said.refused) > 20, NOT_HELD_UP_SECONDS, "refusals")
        finally:
            for process in family:
                process.resume()
        answered = len(said.predictions)
        wait_until(stack, lambda: len(said.predictions) > answered + 20, SOON_SECONDS, "answers")
    assert said.lost == []
    check_refusals(said.refused)
    said.check_kept(stack, endpoint)


def test_everything_is_killed_at_once_and_nothing_is_missing(stack, endpoint, rows):
    with calling(stack, endpoint, rows, callers=4, pause_seconds=0.02) as said:
        wait_for_more(stack, said)
        kill_everything(stack)
        lost = len(said.lost)
        wait_until(stack, lambda: len(said.lost) > lost, SOON_SECONDS, "nobody answers")
    check_refusals(said.refused)
    stack.up()
    said.check_kept(stack, endpoint)
    for request_id, (row, answer) in said.predictions.items():
        kept = stack.asked("ml-model", "GET", f"{REQUESTS}/{request_id}")
        assert (kept["input_data"], kept["response"]) == (row, answer["label"])
    assert not list((stack.home / "journals").glob("**/*.refused"))
    assert predict(stack, endpoint, rows[0])["kept"]
