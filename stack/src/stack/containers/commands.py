"""The commands of `./launch.sh` in Docker mode, each with the meaning that it has locally."""

import argparse
import json
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

from stack.arguments import home_of
from stack.backup.work import back_up, restore
from stack.containers.compose import EVERY_PROFILE, Compose, Container, names_of, remembered_offset
from stack.containers.secret_files import make_secrets
from stack.containers.site import ContainerSite
from stack.errors import StackError
from stack.home import REPOSITORY, Home
from stack.lock import held
from stack.parts import MLFLOW_SERVER, PARTS

NOT_RUNNING = 3
INTERRUPTED = 130
READY_SECONDS = 300
BUILT = ("simulator", "ml-model", "predictor", "mlflow")  # by which roles, volumes and migrations are served


def run(options: argparse.Namespace) -> int:
    """Run one command and return its exit status."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        home = Home.at(home_of(options))
        kept = remembered_offset(home.root)
        offset = options.port_offset if options.port_offset is not None else (kept or 0)
        return COMMANDS[options.command](Compose(home, offset), options)
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def _up(compose: Compose, _options: argparse.Namespace) -> int:
    with held(compose.home.lock_file, waiting=_say):
        bring_up(compose)
    _say_urls(compose)
    return 0


def bring_up(compose: Compose) -> None:
    """Return when every container is healthy; what this call started is ended when it fails or is stopped.

    The caller holds the home's lock.
    """
    kept = remembered_offset(compose.home.root)
    running = any(one.state == "running" for one in compose.containers())
    if running and kept is not None and kept != compose.offset:
        raise StackError(
            f"The containers of {compose.home.root} run already, with port offset {kept}. Use `down` first."
        )
    make_secrets(compose.secrets)
    compose.remember()
    try:
        wait = ("--wait", "--wait-timeout", str(READY_SECONDS))
        code = compose.run("up", "--detach", "--build", "--remove-orphans", *wait)
        if code != 0:
            raise StackError(_what_failed(compose.containers()))
    except BaseException:
        if not running:
            _say("Ending what was started.")
            end(compose)
        raise


def _bring_up_database(compose: Compose) -> None:
    """Return when PostgreSQL runs and has its roles, which is all that a restore needs."""
    make_secrets(compose.secrets)
    compose.remember()
    for step in (
        ("up", "--detach", "--wait", "postgres"),
        ("build", "--quiet", *BUILT),
        ("run", "--rm", "--no-deps", "roles"),
    ):
        if compose.run(*step) != 0:
            raise StackError(f"PostgreSQL could not be made ready: `docker compose {step[0]}` failed.")


def end(compose: Compose) -> bool:
    """End every container of this home, keep its volumes; say whether any ran."""
    compose.forget()
    ran = any(one.state == "running" for one in compose.containers())
    code = compose.run(*EVERY_PROFILE, "down", "--remove-orphans")
    left = compose.containers()
    if code != 0 or left:
        raise StackError(f"These containers could not be ended: {', '.join(one.name for one in left)}")
    return ran


def _down(compose: Compose, _options: argparse.Namespace) -> int:
    with held(compose.home.lock_file, waiting=_say):
        ran = end(compose)
    _say("Everything has ended." if ran else "Nothing was running.")
    return 0


def _status(compose: Compose, _options: argparse.Namespace) -> int:
    containers = compose.containers()
    if not containers:
        _say("Nothing runs.")
        return NOT_RUNNING
    urls = compose.urls
    for one in containers:
        ready = "yes" if one.ready else "no"
        _say(f"{one.service:<20} {one.status:<32} ready: {ready:<4} {urls.get(one.service, '')}".rstrip())
    return 0 if all(one.ready for one in containers) else 1


def _logs(compose: Compose, options: argparse.Namespace) -> int:
    known = names_of(compose.containers())
    if options.service and options.service not in known:
        raise StackError(
            f"There is no log of '{options.service}'. There are: {', '.join(known) or 'none yet'}"
        )
    follow = ["--follow"] if options.follow else []
    chosen = [options.service] if options.service else []
    sys.stdout.flush()
    compose.become(*EVERY_PROFILE, "logs", "--no-color", "--tail", str(options.lines), *follow, *chosen)
    return 0


def _urls(compose: Compose, options: argparse.Namespace) -> int:
    if options.json:
        sys.stdout.write(json.dumps(compose.urls) + "\n")
    else:
        _say_urls(compose)
    return 0


def _secrets(compose: Compose, _options: argparse.Namespace) -> int:
    made = make_secrets(compose.secrets)
    _say(f"{compose.secrets}: {len(made)} made" + (f": {', '.join(made)}" if made else ", all were there"))
    return 0


def _demo(compose: Compose, options: argparse.Namespace) -> int:
    _up(compose, options)
    inside = {part.name: f"http://{part.name}:{part.port}" for part in PARTS if part is not MLFLOW_SERVER}
    urls = [json.dumps(inside), json.dumps(compose.urls)]
    return compose.run("--profile", "tools", "run", "--build", "--rm", "--no-deps", "demo", *urls)


def _workload(compose: Compose, options: argparse.Namespace) -> int:
    _refuse_unless_running(compose)
    number = ("--executions", str(options.executions))
    return compose.run("--profile", "tools", "run", "--rm", "--no-deps", "workload", *number)


def _backup(compose: Compose, options: argparse.Namespace) -> int:
    _refuse_unless_running(compose)
    with held(compose.home.lock_file, waiting=_say):
        back_up(ContainerSite(compose, bring_up), options.file, REPOSITORY)
    _say(f"{options.file}: {options.file.stat().st_size:,} bytes")
    return 0


def _restore(compose: Compose, options: argparse.Namespace) -> int:
    with held(compose.home.lock_file, waiting=_say):
        _bring_up_database(compose)
        manifest = restore(ContainerSite(compose, bring_up), options.file, REPOSITORY)
    _say(f"Everything is as it was at {manifest.made_at}.")
    return 0


def _refuse_unless_running(compose: Compose) -> None:
    if not any(one.service == "postgres" and one.ready for one in compose.containers()):
        raise StackError(f"Nothing runs in {compose.home.root}. Use `./launch.sh up` first.")


COMMANDS: dict[str, Callable[[Compose, argparse.Namespace], int]] = {
    "up": _up,
    "down": _down,
    "status": _status,
    "logs": _logs,
    "urls": _urls,
    "secrets": _secrets,
    "demo": _demo,
    "workload": _workload,
    "backup": _backup,
    "restore": _restore,
}


def _what_failed(containers: list[Container]) -> str:
    wrong = [f"{one.service}: {one.status}" for one in containers if not one.ready]
    if not wrong:
        return "Docker Compose could not do it; the reason stands above."
    return "\n".join(
        [f"Not everything is ready after {READY_SECONDS} s.", *wrong, "See ./launch.sh logs PROGRAM."]
    )


def _say_urls(compose: Compose) -> None:
    for name, url in compose.urls.items():
        _say(f"{name:<11} {url}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _interrupt(number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt(number)
