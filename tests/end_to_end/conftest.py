"""A real stack for the whole session; these tests share it and leave it usable."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for the modules beside this file

from running_stack import RunningStack, free_offset, new_home, take_away


@pytest.fixture(scope="session")
def stack() -> Iterator[RunningStack]:
    running = RunningStack(new_home(), free_offset())
    try:
        running.up()
        yield running
    finally:
        take_away(running)
