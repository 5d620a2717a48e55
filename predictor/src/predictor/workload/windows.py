"""Which shapes run in which window, and under which setting."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from predictor.workload.shapes import Shape

LEAST_SHAPES = 150

RUNS_OF_A_SHAPE = 4
"""Windows that a shape appears in, unless there are too few or too many executions for it."""


@dataclass(frozen=True)
class Setting:
    """What a window's queries run under.

    Args:
        concurrency: connections that ask at the same time.
        work_mem_mb: for each sort or hash, in megabytes.
    """

    concurrency: int
    work_mem_mb: float


SETTINGS = (
    *(Setting(concurrency, work_mem) for concurrency in (1, 2) for work_mem in (1, 4, 16, 64)),
    Setting(3, 4),
    Setting(4, 16),
)
"""Each round of windows has all of them once, in its own order, so that late windows hold no new one."""


@dataclass(frozen=True)
class PlannedWindow:
    """One window before it runs; the first is number 1."""

    number: int
    setting: Setting
    shapes: tuple[Shape, ...]


def plan_windows(shapes: Sequence[Shape], executions: int, rng: random.Random) -> tuple[PlannedWindow, ...]:
    """Deal executions out to windows: a shape at most once in each, all equally often, give or take one.

    Args:
        shapes: all of them appear when there are at least as many executions.
        executions: to be measured.
        rng: orders windows and shapes.
    """
    runs = -(-executions // len(shapes))
    rounds = max(1, min(3, executions // 500), -(-runs // len(SETTINGS)))
    settings = [setting for _ in range(rounds) for setting in rng.sample(SETTINGS, len(SETTINGS))]
    dealt: list[list[Shape]] = [[] for _ in settings]
    for number in range(executions):
        turn, position = divmod(number, len(shapes))
        # A shape's windows lie as far apart as they can, each time shifted by its position.
        window = (position + turn * len(settings) // runs) % len(settings)
        dealt[window].append(shapes[position])
    return tuple(
        PlannedWindow(number, setting, tuple(rng.sample(members, len(members))))
        for number, (setting, members) in enumerate(zip(settings, dealt, strict=True), start=1)
        if members
    )
