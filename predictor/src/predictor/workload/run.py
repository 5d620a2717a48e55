"""Make history: build the tables, run the windows one after the other, hand each one's samples over."""

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg2
from psycopg2 import extensions

from predictor.client.catalogue import relations
from predictor.utils.call_history import Calls
from predictor.utils.machine_memory import available_memory_pct
from predictor.utils.relation_facts import Relation, by_name
from predictor.utils.sample import Sample
from predictor.workload.execution import Execution, execute, prepare
from predictor.workload.recording import Recorder, Span
from predictor.workload.schema import ensure_tables
from predictor.workload.shapes import POOL, Shape, shapes
from predictor.workload.windows import LEAST_SHAPES, RUNS_OF_A_SHAPE, PlannedWindow, Setting, plan_windows

Write = Callable[[Sequence[Sample], Mapping[int, str]], None]


@dataclass(frozen=True)
class WorkloadOptions:
    """What to run and where.

    Args:
        database_url: a database of the workload's own, of a role that may create schemas in it.
        database_name: under which the history is kept.
        executions: to be measured.
        seed: chooses shapes, settings and constants.
        past_calls: windows of earlier runs by fingerprint; this run's constants differ from theirs.
    """

    database_url: str
    database_name: str = "pganalytics"
    executions: int = 5_000
    seed: int = 42
    past_calls: Mapping[int, Sequence[Calls]] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """What is done when a window has ended; window 0 tells that the tables are made ready."""

    window: int
    windows: int
    executions: int
    of_executions: int
    setting: Setting | None
    seconds: float


@dataclass(frozen=True)
class WorkloadSummary:
    """What a run has measured."""

    executions: int
    timed_out: int
    shapes: int
    windows: int
    tables_built: bool
    seconds: float


def run_workload(
    options: WorkloadOptions, write: Write, progress: Callable[[Progress], None]
) -> WorkloadSummary:
    """Measure the executions asked for; psycopg2's errors come as they are.

    Args:
        options: what to run and where.
        write: is given the samples of each window when it has ended, and the texts of their queries.
        progress: is told at the start and after each window.
    """
    started = time.monotonic()
    earlier = sum(len(calls) for calls in options.past_calls.values())
    chosen = shapes(_shape_count(options.executions), options.seed)
    windows = plan_windows(chosen, options.executions, random.Random(f"{options.seed}:{earlier}"))  # noqa: S311
    progress(Progress(0, len(windows), 0, options.executions, None, 0.0))
    built, known = _make_ready(options.database_url)
    past = {query_hash: list(calls) for query_hash, calls in options.past_calls.items()}
    recorder = Recorder(options.database_name, known, past)
    measured = 0
    for window in windows:
        span, executions = _run_window(options, window, earlier)
        samples = recorder.record(span, executions)
        write(samples, {shape.query_hash: shape.text for shape, _ in executions})
        measured += len(samples)
        seconds = time.monotonic() - started
        progress(Progress(window.number, len(windows), measured, options.executions, window.setting, seconds))
    lost = options.executions - measured
    return WorkloadSummary(
        measured, lost, len(chosen), len(windows), built, seconds=time.monotonic() - started
    )


def _shape_count(executions: int) -> int:
    return min(POOL, max(LEAST_SHAPES, -(-executions // RUNS_OF_A_SHAPE)))


def _make_ready(database_url: str) -> tuple[bool, dict[str, Relation]]:
    """Build the tables where they are missing; return whether they were, and what the catalogue knows."""
    with closing(psycopg2.connect(database_url)) as connection:
        connection.autocommit = True
        built = ensure_tables(connection)
        with connection.cursor() as cursor:
            return built, by_name(relations(cursor))


def _run_window(
    options: WorkloadOptions, window: PlannedWindow, earlier: int
) -> tuple[Span, list[tuple[Shape, Execution]]]:
    """Run a window's shapes on as many connections as its setting says; return those that ended in time."""
    found: list[tuple[Shape, Execution]] = []
    waiting = list(window.shapes)
    lock = threading.Lock()

    def work(connection: extensions.connection) -> None:
        while True:
            with lock:
                if not waiting:
                    return
                shape = waiting.pop()
            rng = random.Random(f"{options.seed}:{earlier}:{window.number}:{shape.query_hash}")  # noqa: S311
            execution = execute(connection, shape, rng)
            if execution is not None:
                with lock:
                    found.append((shape, execution))

    with ExitStack() as stack:
        connections = [_connect(options, window, stack) for _ in range(window.setting.concurrency)]
        available = available_memory_pct()
        start = datetime.now(UTC)
        with ThreadPoolExecutor(len(connections)) as pool:
            for future in [pool.submit(work, connection) for connection in connections]:
                future.result()
        # Later than the start even where the clock is coarse.
        end = max(datetime.now(UTC), start + timedelta(microseconds=1))
    return Span(start, end, window.setting, available), found


def _connect(options: WorkloadOptions, window: PlannedWindow, stack: ExitStack) -> extensions.connection:
    connection = stack.enter_context(closing(psycopg2.connect(options.database_url)))
    connection.autocommit = True
    prepare(connection, window.setting.work_mem_mb)
    return connection
