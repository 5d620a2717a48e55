"""The simulator on a real database; each test's changes are undone."""

import pytest
from pydantic import SecretStr

from simulator.bootstrap import create_app
from simulator.config.settings import Settings


@pytest.fixture
def app(dataset_database_url):
    return create_app(Settings(dataset_database_url=SecretStr(dataset_database_url)))


@pytest.fixture
def client(app, client_of):
    return client_of(app)
