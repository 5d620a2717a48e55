"""A queue that is away keeps nobody waiting."""

import time

import pytest
from pydantic import SecretStr

from jobqueue.queue import QueueCheck, QueueOptions, new_celery, send
from servicekit.errors import Unavailable

CLOSED = SecretStr("redis://127.0.0.1:9/0")


def celery(broker):
    return new_celery(QueueOptions("tested", broker, None, 60, 1))


def test_what_cannot_be_sent_is_said_at_once():
    started = time.monotonic()
    assert not send(celery(CLOSED), "tested.task", 1, None)
    with pytest.raises(Unavailable):
        QueueCheck(CLOSED)()
    assert time.monotonic() - started < 2


def test_a_message_waits_in_the_queue(redis_server):
    app = celery(SecretStr(redis_server.url(8)))
    assert send(app, "tested.task", 7, "asked-by")
    with app.connection_for_read() as connection:
        assert connection.default_channel.client.llen("tested") == 1
    app.control.purge()
