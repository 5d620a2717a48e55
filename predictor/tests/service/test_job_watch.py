"""The watch over jobs, on rows as lost workers and lost messages leave them."""

import pytest
from pydantic import SecretStr

from predictor.background import create_background
from predictor.client.queue import QUEUE
from predictor.service.training_requests import TrainingOrder

ORDER = TrainingOrder("pganalytics", 30, "linear_regression")


@pytest.fixture
def with_queue(own_settings, redis_server):
    """The same with a real Redis and nobody who reads its queue."""
    broker = SecretStr(redis_server.url(5))
    made = create_background(own_settings.model_copy(update={"celery_broker": broker}))
    with made.app.app_context():
        made.celery.control.purge()
        yield made
        made.celery.control.purge()
        made.app.extensions["sqlalchemy"].session.remove()
        made.app.extensions["sqlalchemy"].engine.dispose()


def messages(background):
    with background.celery.connection_for_read() as connection:
        return connection.default_channel.client.llen(QUEUE)


def age(query, job_id, **columns):
    changes = ", ".join(f"{name} = {value}" for name, value in columns.items())
    query(f"UPDATE predictor.training_jobs SET {changes} WHERE job_id = :job_id", job_id=job_id)  # noqa: S608


def job_of(background, job_id):
    return background.trainings.get(job_id).job


def test_a_job_whose_worker_gives_no_sign_is_queued_again(with_queue, query):
    view, _ = with_queue.trainings.submit(ORDER)
    job_id = view.job.job_id
    age(query, job_id, status="'training'", attempts=1, heartbeat_at="now() - interval '1 minute'")
    before = messages(with_queue)
    assert with_queue.watch.look() == 1
    assert job_of(with_queue, job_id).status == "queued"
    assert messages(with_queue) == before + 1


def test_a_job_whose_worker_is_at_work_is_left_alone(with_queue, query):
    view, _ = with_queue.trainings.submit(ORDER)
    age(query, view.job.job_id, status="'training'", attempts=1, heartbeat_at="now()")
    assert with_queue.watch.look() == 0
    assert job_of(with_queue, view.job.job_id).status == "training"


def test_a_job_that_loses_worker_after_worker_fails_with_the_reason(with_queue, query):
    view, _ = with_queue.trainings.submit(ORDER)
    age(query, view.job.job_id, status="'training'", attempts=3, heartbeat_at="now() - interval '1 minute'")
    with_queue.watch.look()
    job = job_of(with_queue, view.job.job_id)
    assert job.status == "failed"
    assert "lost 3 times" in job.failure


def test_a_worker_that_was_thought_lost_cannot_end_the_job(with_queue, query, keep_history):
    """The slow worker's claim is of an attempt that is over."""
    from predictor.persistence.repository.training_jobs import TrainingJobs

    view, _ = with_queue.trainings.submit(ORDER)
    session = with_queue.app.extensions["sqlalchemy"].session
    slow = TrainingJobs(session).claim(view.job.job_id)
    session.commit()
    age(query, view.job.job_id, heartbeat_at="now() - interval '1 minute'")
    with_queue.watch.look()
    quick = TrainingJobs(session).claim(view.job.job_id)
    session.commit()
    assert (slow.attempt, quick.attempt) == (1, 2)
    assert not TrainingJobs(session).beat(slow, 50, "late")
    assert not TrainingJobs(session).fail(slow, "late", None)
    assert TrainingJobs(session).beat(quick, 50, "on time")
    session.commit()


def test_a_job_that_was_queued_while_redis_was_away_gets_its_message(background, with_queue, query):
    with background.app.app_context():
        background.trainings.submit(ORDER)
    assert messages(with_queue) == 0
    assert with_queue.watch.look() == 1
    assert messages(with_queue) == 1
    assert with_queue.watch.look() == 0


def test_a_message_that_was_lost_is_sent_again(with_queue, query):
    view, _ = with_queue.trainings.submit(ORDER)
    with_queue.celery.control.purge()
    age(query, view.job.job_id, published_at="now() - interval '1 hour'")
    assert with_queue.watch.look() == 1
    assert messages(with_queue) == 1


def test_a_watch_without_redis_keeps_the_job_for_later(background, query):
    view, _ = background.trainings.submit(ORDER)
    assert background.watch.look() == 0
    assert job_of(background, view.job.job_id).status == "queued"
