"""The guard that ends a worker which does not hear its queue any more."""

import threading

import pytest
from celery import Celery

from jobqueue import deafness
from jobqueue.deafness import DeafnessGuard, broker_answers

pytestmark = pytest.mark.timeout(120)


class Left(threading.Event):
    """Remembers with which status a process would have ended."""

    status = None

    def __call__(self, status):
        self.status = status
        self.set()


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(deafness, "PING_SECONDS", 0.2)


def guard(redis_server, broker, leave):
    """A guard of a worker that nobody started: it hears nothing."""
    celery = Celery("guarded", broker=redis_server.url(7), set_as_current=False)
    return DeafnessGuard(celery, "nobody@nowhere", broker, leave)


def test_a_worker_that_does_not_answer_while_redis_does_is_ended(quick, redis_server):
    left = Left()
    silent = guard(redis_server, broker_answers(redis_server.url(7)), left)
    silent.start()
    assert left.wait(60)
    assert left.status == deafness.EXIT_STATUS
    silent.join(10)
    assert not silent.is_alive()


def test_a_worker_is_not_ended_because_redis_is_away(quick, redis_server):
    asked, left = [], Left()

    def away():
        asked.append(True)
        if len(asked) > deafness.PATIENCE + 2:
            silent.stop()
        return False

    silent = guard(redis_server, away, left)
    silent.start()
    silent.join(60)
    assert not silent.is_alive()
    assert left.status is None


def test_redis_answers_only_with_its_password(redis_server):
    assert broker_answers(redis_server.url(7))()
    assert not broker_answers("redis://127.0.0.1:9/0")()
    assert not broker_answers(redis_server.url(7).replace(redis_server.password, "wrong"))()
