"""Fixtures for every test of the repository."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before anything imports a library that reads it: test processes share the processors, and threads of OpenMP
# that wait for each other keep them busy meanwhile. Stacks of one's own are started without it, as by people.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Imported before pytest names a test module `simulator.tests.…` after its folder and shadows the package.
import monitoring  # noqa: F401
import predictor  # noqa: F401
import simulator  # noqa: F401
import tracking  # noqa: F401
from stack.postgres import EmbeddedPostgres
from stack.redis import EmbeddedRedis


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """Serve a real PostgreSQL for this test process; `.create_database()` answers a new empty one's URL."""
    # Not pytest's own temporary directory: that one is closed to the account which PostgreSQL drops to.
    directory = Path(tempfile.mkdtemp(prefix="postgres-"))
    directory.chmod(0o755)
    # Tests do not survive a power cut, so nothing is forced to the disk.
    settings = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    try:
        with EmbeddedPostgres(directory, settings=settings) as server:
            yield server
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[EmbeddedRedis]:
    """Serve a real Redis for this test process; `.url(database)` is the address of one of its databases."""
    directory = Path(tempfile.mkdtemp(prefix="redis-"))
    directory.chmod(0o755)
    try:
        with EmbeddedRedis(directory) as server:
            yield server
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def dataset_database_url(postgres: EmbeddedPostgres) -> str:
    """Give the address of a database with the dataset tables; tests undo what they write."""
    from datasetdb.migrate import upgrade

    url = postgres.create_database()
    upgrade(url)
    return url
