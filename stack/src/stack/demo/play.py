"""Play the whole guide, step by step, and sum it up."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console

from stack.demo.chapters import (
    ab_test,
    data,
    deletion,
    deployment,
    experiments,
    first_version,
    production,
    readiness,
    runs,
    tuning,
    watching,
)
from stack.demo.closing import print_closing
from stack.demo.fault import print_fault
from stack.demo.journey import Journey, Services
from stack.demo.progress import Display, display
from stack.demo.service_calls import CallFailed
from stack.demo.step import Chapter, Step, Surprise

# A key or an item that an answer lacks is the service's fault too: it breaks the contract.
Fault = (CallFailed, Surprise, LookupError, TypeError, ValueError)


def play(urls: dict[str, str], console: Console, shown: dict[str, str] | None = None) -> int:
    """Play the guide against the services at these addresses.

    Args:
        urls: base address of each part by name: simulator, ml-model, tracking, monitoring, and mlflow.
        console: where to show it.
        shown: addresses to open next, where they are others than those that are called.

    Returns:
        The exit status: 0 when every step succeeded.
    """
    started = time.perf_counter()
    journey = Journey(Services.at(urls), f"{datetime.now(UTC):%Y%m%d_%H%M%S}")
    chapters = _chapters()
    steps = sum(len(chapter.steps) for chapter in chapters)
    try:
        with display(console, steps) as displayed:
            succeeded = _play_all(chapters, journey, displayed, console)
    finally:
        for service in journey.services.all():
            service.close()
    if not succeeded:
        return 1
    print_closing(journey, shown or urls, time.perf_counter() - started, console)
    return 0


def _chapters() -> list[Chapter]:
    return [
        readiness.CHAPTER,
        data.CHAPTER,
        tuning.CHAPTER,
        experiments.CHAPTER,
        runs.CHAPTER,
        first_version.CHAPTER,
        deployment.CHAPTER,
        ab_test.chapter(),
        production.CHAPTER,
        watching.CHAPTER,
        deletion.chapter(),
    ]


def _play_all(chapters: Sequence[Chapter], journey: Journey, shown: Display, console: Console) -> bool:
    for chapter in chapters:
        shown.chapter(chapter.title)
        for step in chapter.steps:
            if not _play_one(step, journey, shown, console):
                return False
    return True


def _play_one(step: Step, journey: Journey, shown: Display, console: Console) -> bool:
    shown.begin(step.title)
    started = time.perf_counter()
    try:
        result = step.action(journey)
    except Fault as fault:
        shown.failed(step.title, time.perf_counter() - started)
        print_fault(fault, console)
        return False
    shown.done(step.title, result, time.perf_counter() - started)
    return True
