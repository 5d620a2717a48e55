"""The command line. Standard library only: it is read before the environment exists."""

import argparse
from collections.abc import Sequence
from pathlib import Path

DEFAULT_HOME = Path(__file__).resolve().parents[3] / ".stack"
# These look at a home as it is; they never install anything.
PASSIVE = ("down", "status", "logs", "urls", "workload", "backup")
DEVELOPMENT = ("test", "lock")
FEWEST_EXECUTIONS, MOST_EXECUTIONS, EXECUTIONS = 100, 1_000_000, 5000


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the command and its options; ends the program on a wrong one, with the reason."""
    shared = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    _add_shared(shared, default=argparse.SUPPRESS)
    parser = argparse.ArgumentParser(
        prog="./launch.sh",
        description="The lifecycle on this machine: PostgreSQL, Redis, MLflow, the services, in one command.",
        allow_abbrev=False,
    )
    _add_shared(parser, default=None)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in {
        "up": "start everything; returns when all of it is ready",
        "demo": "`up` if needed, then play the guide against the services",
        "workload": "make query history for the predictor on a running stack",
        "test": "every check there is: format, lint, types, tests, end to end",
        "status": "what runs, and where",
        "down": "end everything",
        "logs": "the logs of all programs, or of one",
        "urls": "the base address of each part",
        "backup": "write databases, artifacts and journals of the running stack into one file",
        "restore": "`up` if needed, then replace everything by what such a file holds",
        "secrets": "make the containers' secrets that are missing, start nothing",
        "lock": "write requirements/*.txt anew",
    }.items():
        command = commands.add_parser(name, help=text, description=text, parents=[shared], allow_abbrev=False)
        _add_own(command, name)
    return parser.parse_args(arguments)


def home_of(options: argparse.Namespace) -> Path:
    """Return the home that was named, or the default one."""
    return Path(options.home or DEFAULT_HOME).expanduser().resolve()


def _add_shared(parser: argparse.ArgumentParser, default: str | None) -> None:
    parser.add_argument(
        "--mode", choices=("docker", "local"), default=default, help="default: docker where it can"
    )
    parser.add_argument(
        "--home", metavar="DIR", default=default, help="data, logs, environment; default: .stack/"
    )
    parser.add_argument(
        "--port-offset", metavar="N", type=_offset, default=default, help="added to every port"
    )


def _add_own(command: argparse.ArgumentParser, name: str) -> None:
    if name == "logs":
        command.add_argument("service", nargs="?", help="one program; default: all")
        command.add_argument("-f", "--follow", action="store_true", help="go on until Ctrl-C")
        command.add_argument("-n", "--lines", type=int, default=50, help="lines of each log, default 50")
    if name == "urls":
        command.add_argument("--json", action="store_true", help="as one JSON object")
    if name == "workload":
        command.add_argument(
            "--executions",
            metavar="N",
            type=_executions,
            default=EXECUTIONS,
            help=f"queries to run, {FEWEST_EXECUTIONS} to {MOST_EXECUTIONS}; default {EXECUTIONS}",
        )
    if name in ("backup", "restore"):
        command.add_argument("file", type=_whole_path, metavar="FILE", help="the one file")
    if name == "lock":
        command.add_argument("--upgrade", action="store_true", help="take the newest versions")


def _whole_path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _offset(text: str) -> int:
    if not text.isdecimal() or int(text) > 60_000:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 0 to 60000")
    return int(text)


def _executions(text: str) -> int:
    if not text.isdecimal() or not FEWEST_EXECUTIONS <= int(text) <= MOST_EXECUTIONS:
        limits = f"{FEWEST_EXECUTIONS} to {MOST_EXECUTIONS}"
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from {limits}")
    return int(text)
