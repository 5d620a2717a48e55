"""What is shown of a queue."""

import pytest
from pydantic import SecretStr

from jobqueue.queue import QueueOptions, new_celery, send
from jobqueue.series import watch_queue
from servicekit.state_series import StateSeries


def shown(broker):
    state = StateSeries()
    watch_queue(state, QueueOptions("measured", SecretStr(broker), None, 60, 1))
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in state.collect()
        for sample in family.samples
    }


def test_messages_that_wait_are_counted(redis_server):
    url = redis_server.url(9)
    assert shown(url) == {("celery_queue_length", "measured"): 0, ("metrics_source_up", "queue"): 1}
    app = new_celery(QueueOptions("measured", SecretStr(url), None, 60, 1))
    for job in range(3):
        assert send(app, "tested.task", job, None)
    assert shown(url)[("celery_queue_length", "measured")] == 3
    app.control.purge()


def test_a_queue_that_is_away_is_said():
    assert shown("redis://127.0.0.1:9/0") == {("metrics_source_up", "queue"): 0}


@pytest.mark.parametrize("broker", ["memory://", "sqs://"])
def test_of_another_broker_nothing_is_shown(broker):
    assert shown(broker) == {}
