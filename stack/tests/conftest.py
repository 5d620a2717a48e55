"""Homes of their own, which never outlive a test."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from stack.control import Control
from stack.down import bring_down
from stack.home import Home
from stack.place import SYSTEM_DIRECTORY
from stack.ports import free_port
from stack.spec import ProgramSpec
from stack.state import StackState
from stack.supervision import start_supervisor


@contextmanager
def reachable_directory() -> Iterator[Path]:
    """Give a directory that every account can reach; pytest's own is closed to others."""
    path = Path(tempfile.mkdtemp(prefix="stack-test-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path)


@contextmanager
def home_of_its_own() -> Iterator[Home]:
    """Give a home with nothing in it; whatever is started there is ended."""
    with reachable_directory() as directory:
        made = Home.at(directory / "home")
        try:
            yield made
        finally:
            bring_down(made)
            shutil.rmtree(SYSTEM_DIRECTORY / made.short_hash, ignore_errors=True)


@pytest.fixture
def directory() -> Iterator[Path]:
    with reachable_directory() as path:
        yield path


@pytest.fixture
def home() -> Iterator[Home]:
    with home_of_its_own() as made:
        yield made


@pytest.fixture(scope="session")
def new_home() -> Callable[[], AbstractContextManager[Home]]:
    """Make homes that live longer than one test."""
    return home_of_its_own


@pytest.fixture
def supervise(home: Home) -> Callable[..., Control]:
    """Start supervisord over the programs that a test names."""
    return lambda *programs: supervised(home, programs)


@pytest.fixture(scope="session")
def supervise_in() -> Callable[[Home, tuple[ProgramSpec, ...]], Control]:
    """Start supervisord in a home of choice."""
    return supervised


def supervised(home: Home, programs: tuple[ProgramSpec, ...]) -> Control:
    port = free_port()
    StackState(0, {}, {}, port, tuple(program.name for program in programs)).save(home)
    return start_supervisor(home, programs, port, autostart=True)
