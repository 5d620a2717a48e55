"""Many at the same time, over many connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from predictor.persistence.repository.performance_models import PerformanceModels
from predictor.service.training_requests import TrainingOrder

MANY = 50
ORDER = TrainingOrder("pganalytics", 30, "linear_regression")


@pytest.fixture
def at_once(fresh_url):
    """A function that calls another one 50 times at the same moment, each with a session of its own."""
    engine = create_engine(fresh_url, pool_size=MANY)
    barrier = Barrier(MANY)

    def at_once(call):
        def one(number):
            with Session(engine) as session:
                session.connection()
                barrier.wait()
                result = call(session, number)
                session.commit()
                return result

        with ThreadPoolExecutor(MANY) as pool:
            return list(pool.map(one, range(MANY)))

    yield at_once
    engine.dispose()


def test_fifty_models_have_fifty_numbers_without_gaps(at_once, model_row, query):
    numbers = at_once(lambda session, number: PerformanceModels(session).add(model_row(f"job {number}")))
    assert sorted(numbers) == list(range(1, MANY + 1))
    assert query("SELECT count(*) FROM predictor.query_performance_models") == [(MANY,)]


def test_a_number_that_was_rolled_back_is_used_again(fresh_url, model_row):
    engine = create_engine(fresh_url)
    with Session(engine) as session:
        assert PerformanceModels(session).add(model_row("one")) == 1
        session.rollback()
        assert PerformanceModels(session).add(model_row("two")) == 1
        session.commit()
    engine.dispose()


def test_fifty_switches_leave_one_active_model_and_a_whole_history(at_once, fresh_url, model_row, query):
    engine = create_engine(fresh_url)
    with Session(engine) as session:
        for number in range(MANY):
            PerformanceModels(session).add(model_row(f"job {number}"))
        session.commit()
    engine.dispose()
    at_once(lambda session, number: PerformanceModels(session).activate(number + 1, "a test", None))
    assert query("SELECT count(*) FROM predictor.model_activations WHERE deactivated_at IS NULL") == [(1,)]
    gaps = """
        SELECT count(*) FROM (
            SELECT deactivated_at, lead(activated_at) OVER (ORDER BY activation_id) AS next
            FROM predictor.model_activations
        ) AS times WHERE next IS NOT NULL AND next < deactivated_at
    """
    assert query(gaps) == [(0,)]
    assert query("SELECT count(*) FROM predictor.model_activations") == [(MANY,)]


def test_fifty_equal_requests_are_one_job(background, query):
    barrier = Barrier(MANY)

    def submit(_):
        with background.app.app_context():
            barrier.wait()
            view, is_new = background.trainings.submit(ORDER)
            background.app.extensions["sqlalchemy"].session.remove()
            return view.job.job_id, is_new

    with ThreadPoolExecutor(MANY) as pool:
        answers = list(pool.map(submit, range(MANY)))
    assert len({job_id for job_id, _ in answers}) == 1
    assert sum(is_new for _, is_new in answers) == 1
    assert query("SELECT count(*) FROM predictor.training_jobs") == [(1,)]


def test_a_job_is_claimed_by_one_of_fifty(at_once, background):
    from predictor.persistence.repository.training_jobs import TrainingJobs

    view, _ = background.trainings.submit(ORDER)
    claims = at_once(lambda session, _: TrainingJobs(session).claim(view.job.job_id))
    assert sum(claim is not None for claim in claims) == 1
