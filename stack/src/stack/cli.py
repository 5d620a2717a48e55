"""The commands of `./launch.sh`, each a few lines that call the module of its name."""

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from rich.console import Console
from rich.table import Table

from stack.arguments import home_of, parse
from stack.errors import StackError
from stack.home import REPOSITORY, Home
from stack.settings import Settings, settings_from
from stack.state import state_of

NOT_RUNNING = 3  # what `status` of a service manager answers
INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    options = parse(arguments)
    console = Console(highlight=False)
    _treat_as_interrupt(signal.SIGTERM, signal.SIGHUP)
    try:
        return COMMANDS[options.command](options, console)
    except StackError as error:
        Console(stderr=True, highlight=False).print(str(error), style="red", markup=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `... logs | head`
        sys.stderr.close()
        return 0


def _up(options: argparse.Namespace, console: Console) -> int:
    from stack.up import bring_up  # noqa: PLC0415 - httpx and psycopg2 are needed here only

    state = bring_up(_settings(options), console)
    console.print(_addresses(state.urls))
    return 0


def _down(options: argparse.Namespace, console: Console) -> int:
    from stack.down import bring_down  # noqa: PLC0415
    from stack.lock import held  # noqa: PLC0415

    home = Home.at(home_of(options))
    with held(home.lock_file, waiting=console.print):
        ran = bring_down(home)
    console.print("Everything has ended." if ran else "Nothing was running.")
    return 0


def _status(options: argparse.Namespace, console: Console) -> int:
    from stack.status import status_of  # noqa: PLC0415

    status = status_of(Home.at(home_of(options)))
    table = Table("program", "state", "pid", "up", "ready", "address", box=None, pad_edge=False)
    for row in status.programs:
        ready = {True: "[green]yes[/]", False: "[red]no[/]", None: "-"}[row.ready]
        table.add_row(row.name, row.state, str(row.pid or "-"), f"{row.seconds} s", ready, row.url)
    console.print(table if status.running else "Nothing runs.")
    for note in (*status.notes, *(f"{row.name}: {row.said}" for row in status.programs if row.said)):
        console.print(note, markup=False, soft_wrap=True)
    return 0 if status.all_ready else (1 if status.running else NOT_RUNNING)


def _logs(options: argparse.Namespace, console: Console) -> int:
    from stack.logs import follow, names, tail  # noqa: PLC0415

    home = Home.at(home_of(options))
    known = names(home)
    if options.service and options.service not in known:
        raise StackError(
            f"There is no log of '{options.service}'. There are: {', '.join(known) or 'none yet'}"
        )
    chosen = [options.service] if options.service else known
    for name in chosen:
        _say_lines(console, name if len(chosen) > 1 else "", tail(home.log(name), options.lines))
    if options.follow:
        follow({name: home.log(name) for name in chosen}, lambda name, line: _say_lines(console, name, line))
    return 0


def _urls(options: argparse.Namespace, console: Console) -> int:
    home = Home.at(home_of(options))
    state = state_of(home)
    urls = state.urls if state else _settings(options).urls
    if options.json:
        sys.stdout.write(json.dumps(urls) + "\n")
    else:
        console.print(_addresses(urls))
    return 0


def _demo(options: argparse.Namespace, console: Console) -> int:
    from stack.demo import play  # noqa: PLC0415
    from stack.up import bring_up  # noqa: PLC0415

    return play(bring_up(_settings(options), console).urls, console)


def _workload(options: argparse.Namespace, _console: Console) -> int:
    from stack.workload import become_workload  # noqa: PLC0415

    become_workload(Home.at(home_of(options)), options.executions)


def _test(_options: argparse.Namespace, console: Console) -> int:
    from stack.checks import all_checks, run_checks  # noqa: PLC0415

    return run_checks(all_checks(REPOSITORY), REPOSITORY, console)


def _lock(options: argparse.Namespace, console: Console) -> int:
    from stack.requirements import write_locks  # noqa: PLC0415

    for path in write_locks(REPOSITORY, upgrade=options.upgrade):
        console.print(str(path.relative_to(REPOSITORY)))
    return 0


def _backup(options: argparse.Namespace, console: Console) -> int:
    from stack.backup.local_site import LocalSite  # noqa: PLC0415
    from stack.backup.work import back_up  # noqa: PLC0415
    from stack.lock import held  # noqa: PLC0415

    settings = _settings(options)
    with held(settings.home.lock_file, waiting=console.print):
        back_up(LocalSite(settings, console), options.file, REPOSITORY)
    console.print(f"{options.file}: {options.file.stat().st_size:,} bytes", markup=False, soft_wrap=True)
    return 0


def _restore(options: argparse.Namespace, console: Console) -> int:
    from stack.backup.local_site import LocalSite  # noqa: PLC0415
    from stack.backup.work import restore  # noqa: PLC0415
    from stack.lock import held  # noqa: PLC0415
    from stack.up import complete  # noqa: PLC0415

    settings = _settings(options)
    with held(settings.home.lock_file, waiting=console.print):
        complete(settings, console)
        manifest = restore(LocalSite(settings, console), options.file, REPOSITORY)
    console.print(f"Everything is as it was at {manifest.made_at}.")
    return 0


COMMANDS = {
    "up": _up,
    "down": _down,
    "status": _status,
    "logs": _logs,
    "urls": _urls,
    "demo": _demo,
    "workload": _workload,
    "test": _test,
    "lock": _lock,
    "backup": _backup,
    "restore": _restore,
}


def _settings(options: argparse.Namespace) -> Settings:
    """Return what was asked for; without an offset the one that this home was last brought up with."""
    home = Home.at(home_of(options))
    state = state_of(home)
    offset = options.port_offset
    if offset is None:
        offset = state.offset if state else 0
    return settings_from(home, offset)


def _addresses(urls: dict[str, str]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, url in urls.items():
        table.add_row(name, url)
    return table


def _say_lines(console: Console, name: str, text: str) -> None:
    for line in text.splitlines():
        console.print(f"{name} | {line}" if name else line, markup=False, soft_wrap=True)


def _treat_as_interrupt(*numbers: signal.Signals) -> None:
    """Let a request to end do what Ctrl-C does: end what was started, then stop."""

    def interrupt(number: int, _frame: object) -> NoReturn:
        raise KeyboardInterrupt(number)

    for number in numbers:
        signal.signal(number, interrupt)
