"""Two real stacks; the tests of each share it and leave it usable."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for the modules beside this file

from running_stack import RunningStack, free_offset, new_home, take_away

from servicekit.otlp_receiver import Receiver, receiving_traces

SECONDS = 900  # of one test; whatever is started imports its libraries while other tests have the processors
FIRST = ("test_predictor_journey.py", "test_observability.py")  # one needs it unused, the other unhurt


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs on the second stack, the first tests of it first, and give each test its time."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(SECONDS))
        if "watched" in item.fixturenames:
            item.add_marker(pytest.mark.watched)
    items.sort(key=lambda item: FIRST.index(item.path.name) if item.path.name in FIRST else len(FIRST))


@pytest.fixture(scope="session")
def stack() -> Iterator[RunningStack]:
    """A stack as people start it."""
    running = RunningStack(new_home(), free_offset())
    try:
        running.up()
        yield running
    finally:
        take_away(running)


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    """What takes the traces of the stack that is watched."""
    with receiving_traces() as found:
        yield found


@pytest.fixture(scope="session")
def watched(receiver: Receiver) -> Iterator[RunningStack]:
    """A second stack, which sends its traces to the receiver.

    A file whose tests run on it names it `stack` in a fixture of its own.
    """
    running = RunningStack(new_home(), free_offset())
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint)
        environment.setenv("OTEL_BSP_SCHEDULE_DELAY", "200")
        try:
            running.up()
            yield running
        finally:
            take_away(running)
