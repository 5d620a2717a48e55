"""One stack of containers for all these tests, begun with images of before; skipped without an engine."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for the modules beside this file
sys.path.insert(1, str(Path(__file__).parents[1] / "end_to_end"))  # and those that play the guide

from container_stack import ContainerStack
from running_stack import REPOSITORY, free_offset, new_home
from version_before import commit_before_the_last_migration, facts, write_with_images_of

from stack.mode import docker_obstacle

FIRST_SECONDS = 1200  # of the first test: images are built from nothing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of this folder the time that images take where none of their layers is known yet."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(FIRST_SECONDS))


@pytest.fixture(scope="session")
def containers() -> Iterator[ContainerStack]:
    obstacle = docker_obstacle(REPOSITORY)
    if obstacle is not None:
        pytest.skip(f"containers are not tested here: {obstacle}")
    running = ContainerStack(new_home(), free_offset())
    try:
        running.build()
        commit = commit_before_the_last_migration()
        running.written_before = write_with_images_of(commit, running) if commit else None
        running.up()
        if commit:  # before another test changes it
            running.found_after = facts(running)
        yield running
    finally:
        running.take_away()
        shutil.rmtree(running.home, ignore_errors=True)
