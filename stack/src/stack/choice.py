"""Which mode a command is for: what runs decides, then what is possible. Standard library only."""

import argparse
from pathlib import Path

from stack.arguments import DEVELOPMENT
from stack.containers.compose import remembered_offset
from stack.errors import StackError
from stack.home import REPOSITORY
from stack.mode import choose_mode


def chosen_mode(options: argparse.Namespace, home: Path) -> str:
    """Return `docker` or `local`; raises StackError when the home runs in the other one."""
    if options.command in DEVELOPMENT:
        return "local"
    if options.command == "secrets":
        return "docker"
    running = _running(home)
    if options.command == "up" and running and options.mode not in (None, running):
        raise StackError(f"The stack of {home} runs already, in {running} mode. Use `down` first.")
    return choose_mode(options.mode or running, REPOSITORY)


def _running(home: Path) -> str | None:
    if (home / "stack.json").exists():
        return "local"
    return None if remembered_offset(home) is None else "docker"
