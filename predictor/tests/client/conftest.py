"""A server that counts statements, for all tests of this folder."""

import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[3] / "tests" / "end_to_end"))  # installs what npm's lock names

from observed_server import ObservedServer


@pytest.fixture(scope="session")
def observed_server():
    # Not pytest's own temporary directory: that one is closed to the account which PostgreSQL drops to.
    directory = Path(tempfile.mkdtemp(prefix="observed-"))
    directory.chmod(0o755)
    server = ObservedServer(directory)
    try:
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def observed_url(observed_server):
    """A database that counts statements, with two tables of 1000 and 10 rows."""
    url = observed_server.create_database()
    observed_server.execute(
        "CREATE TABLE orders (id integer PRIMARY KEY, customer integer, note text)",
        "CREATE TABLE customers (id integer PRIMARY KEY, name text)",
        "INSERT INTO orders SELECT i, i % 10, repeat('x', 50) FROM generate_series(1, 1000) i",
        "INSERT INTO customers SELECT i, 'name ' || i FROM generate_series(1, 10) i",
        "ANALYZE",
        url=url,
    )
    return url


@pytest.fixture
def session(app, client):
    """The service's own session; what it writes is undone when the test ends."""
    with app.app_context():
        yield app.extensions["sqlalchemy"].session
