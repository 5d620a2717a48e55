"""Fixtures for tests of services; pytest finds them by the entry point `pytest11`."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


@pytest.fixture
def client_of() -> "Iterator[Callable[[Flask], FlaskClient]]":
    """Give a test client of an app whose database changes are undone when the test ends."""
    from servicekit.testing import rolled_back  # noqa: PLC0415 - only tests of services need Flask

    with ExitStack() as stack:
        yield lambda app: stack.enter_context(rolled_back(app)).test_client()
