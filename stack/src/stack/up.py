"""Bring the stack up, or recognise that it is up."""

import signal
import time

from rich.console import Console

from stack.addresses import addresses
from stack.control import Control
from stack.credentials import Credentials, credentials_of
from stack.down import bring_down, sweep
from stack.errors import StackError
from stack.files import private_directory
from stack.lock import held
from stack.parts import REDIS
from stack.place import cluster_of, redis_of
from stack.plan import tasks_of
from stack.ports import holder, is_free
from stack.programs import Servers, programs_of
from stack.progress import Progress
from stack.settings import Settings
from stack.state import StackState, state_of
from stack.supervision import control_port, running_control, start_supervisor
from stack.tasks import MigrationTask, Task

READY_SECONDS = 180.0
TICK_SECONDS = 0.1


def bring_up(settings: Settings, console: Console) -> StackState:
    """Return when every part is ready; what this call started is ended again when it fails or is stopped."""
    with held(settings.home.lock_file, waiting=console.print):
        return complete(settings, console)


def complete(settings: Settings, console: Console) -> StackState:
    """Do the same for a caller who holds the home's lock."""
    home = settings.home
    control, state = running_control(home), state_of(home)
    if control is None or state is None:
        sweep(home)  # what a killed supervisord left
        refuse_taken_ports(settings)
        return _or_back_down(settings, console, None)
    _refuse_other_settings(settings, state)
    if not state.complete:  # an earlier launcher was killed half way
        return _or_back_down(settings, console, control)
    console.print("The stack runs already.")
    return _make_ready(settings, console, control)


def _or_back_down(settings: Settings, console: Console, control: Control | None) -> StackState:
    try:
        return _make_ready(settings, console, control)
    except BaseException:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C would leave processes behind
        console.print("Ending what was started.")
        bring_down(settings.home)
        raise


def _make_ready(settings: Settings, console: Console, control: Control | None) -> StackState:
    home, credentials = settings.home, credentials_of(settings.home)
    servers = _servers(settings, credentials)
    if control is None:
        control = _start(settings, credentials, servers)
    state = state_of(home)
    if state is None:
        raise StackError(f"{home.state_file} is gone; use `down`, then `up`")
    tasks = tasks_of(settings, credentials, servers, control)
    _run([task for task in tasks if not (state.complete and isinstance(task, MigrationTask))], console)
    completed = state.completed()
    completed.save(home)
    return completed


def _servers(settings: Settings, credentials: Credentials) -> Servers:
    home = settings.home
    return Servers(
        cluster=None if settings.external else cluster_of(home, credentials),
        redis=None if settings.external_queue else redis_of(home, credentials, settings.ports[REDIS]),
    )


def _start(settings: Settings, credentials: Credentials, servers: Servers) -> Control:
    home, earlier = settings.home, state_of(settings.home)
    if servers.cluster:
        servers.cluster.initialise(credentials.postgres)
    if servers.redis:
        servers.redis.prepare()
    private_directory(home.predictor_state)
    private_directory(home.journals)
    programs = programs_of(settings, addresses(settings, credentials), servers)
    port = control_port(earlier.control_port if earlier else None)
    names = tuple(program.name for program in programs)
    StackState(settings.offset, settings.urls, settings.ports, port, names).save(home)
    return start_supervisor(home, programs, port, autostart=False)


def refuse_taken_ports(settings: Settings) -> None:
    """Raise StackError that names each port that somebody else has, and who."""
    taken = [
        f"port {port} ({name}) is taken by {holder(port) or 'a process of another user'}"
        for name, port in settings.ports.items()
        if not is_free(port)
    ]
    if taken:
        advice = "End that process, or choose other ports for the whole stack: --port-offset 100"
        raise StackError("\n".join([*taken, advice]))


def _refuse_other_settings(settings: Settings, state: StackState) -> None:
    if settings.ports != state.ports:
        raise StackError(
            f"The stack of {settings.home.root} runs already, on other ports (port offset {state.offset}). "
            "Use `down` first, or another --home."
        )


def _run(tasks: list[Task], console: Console) -> None:
    """Do every task, each as soon as those before it are done."""
    waiting, busy, done = list(tasks), list[Task](), set[str]()
    names = {task.name for task in tasks}
    deadline = time.monotonic() + READY_SECONDS
    with Progress(console) as progress:
        while waiting or busy:
            for task in [task for task in waiting if done.issuperset(names.intersection(task.after))]:
                waiting.remove(task)
                busy.append(task)
                progress.begin(task.name)
                task.begin()
            for task in [task for task in busy if task.done()]:
                busy.remove(task)
                done.add(task.name)
                progress.done(task.name)
            if time.monotonic() > deadline:
                _give_up(busy)
            time.sleep(TICK_SECONDS)


def _give_up(busy: list[Task]) -> None:
    reasons = [f"{task.name} is not ready: {task.waiting_for()}" for task in busy]
    raise StackError("\n".join([f"Not everything is ready after {READY_SECONDS:.0f} s.", *reasons]))
