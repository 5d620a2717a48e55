"""What the scheduler sends, and the tasks that answer it."""

import subprocess
import sys
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from predictor.background import create_background
from predictor.client.queue import COLLECT, RETRAIN, SCHEDULER_TICK, TRAIN
from predictor.config.settings import Settings
from predictor.worker.beat import schedule
from predictor.worker.tasks import register


@pytest.fixture
def own(fresh_url):
    return Settings(
        dataset_database_url=SecretStr(fresh_url), celery_broker=SecretStr("redis://127.0.0.1:9/0")
    )


@pytest.fixture
def run(own):
    """A function that runs a task in this process, as the worker would."""
    background = create_background(own)
    celery = register(background)
    yield lambda name, *arguments: celery.tasks[name].apply(args=arguments, throw=True).result
    with background.app.app_context():
        background.app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def rows(fresh_url):
    engine = create_engine(fresh_url)

    def rows(statement):
        with engine.connect() as connection:
            return connection.execute(text(statement)).all()

    yield rows
    engine.dispose()


def test_nothing_but_the_tick_is_scheduled_by_default(own):
    assert list(schedule(own)) == ["tick"]


def test_collections_and_trainings_are_scheduled_by_settings(own):
    mine = own.model_copy(update={"collect_interval_minutes": 5, "retrain_interval_hours": 24})
    every = {entry["task"]: entry["schedule"] for entry in schedule(mine).values()}
    assert every[COLLECT] == timedelta(minutes=5)
    assert every[RETRAIN] == timedelta(hours=24)


def test_a_message_that_waits_longer_than_its_interval_is_dropped(own):
    tick = schedule(own)["tick"]
    assert tick["options"]["expires"] == tick["schedule"].total_seconds()


def test_a_scheduled_training_queues_the_job_of_the_settings(run, rows):
    job_id = run(RETRAIN)
    assert rows("SELECT job_id, model_type, status FROM predictor.training_jobs") == [
        (job_id, "lightgbm", "queued")
    ]
    assert run(RETRAIN) == job_id


def test_a_scheduled_collection_without_an_observed_database_says_so(run):
    assert "PREDICTOR_OBSERVED_DATABASE_URL" in run(COLLECT)


def test_a_tick_shows_that_scheduler_queue_and_worker_work_together(run, rows):
    run(SCHEDULER_TICK)
    assert rows("SELECT process FROM predictor.signs_of_life") == [("worker",)]


def test_a_training_of_a_job_that_is_not_there_does_nothing(run):
    assert run(TRAIN, "no such job") == "not queued"


def test_the_scheduler_starts_without_the_libraries_that_train():
    program = (
        "import sys; import predictor.worker.beat;"
        "print([m for m in ('sklearn', 'scipy', 'pandas', 'xgboost', 'mapie') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
