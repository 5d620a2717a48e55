"""Services over several real connections, as worker processes use them."""

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from predictor.background import create_background
from predictor.config.settings import Settings
from predictor.persistence.repository.samples import Samples


@pytest.fixture
def own_settings(fresh_url):
    """Settings with a database of the test's own and a queue that is not there."""
    return Settings(
        dataset_database_url=SecretStr(fresh_url),
        celery_broker=SecretStr("redis://127.0.0.1:9/0"),
        database_pool_size=30,
        job_lease_seconds=2,
    )


@pytest.fixture
def background(own_settings):
    """What worker and scheduler are made of, in an app's context."""
    made = create_background(own_settings)
    with made.app.app_context():
        yield made
        made.app.extensions["sqlalchemy"].session.remove()
        made.app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def query(fresh_url):
    """A function that runs one statement on a connection of its own."""
    engine = create_engine(fresh_url)

    def query(statement, **parameters):
        with engine.begin() as connection:
            result = connection.execute(text(statement), parameters)
            return result.all() if result.returns_rows else None

    yield query
    engine.dispose()


@pytest.fixture
def keep_history(fresh_url, history):
    """A function that keeps made-up samples."""
    engine = create_engine(fresh_url)

    def keep(**options):
        with Session(engine) as session:
            Samples(session).add(history(**options), "import")
            session.commit()

    yield keep
    engine.dispose()
