"""Every check there is, in the order in which they run; pytest is last, so its summary ends the output."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console


@dataclass(frozen=True)
class Step:
    """One check: a module of the environment and its arguments."""

    name: str
    command: tuple[str, ...]


def all_checks(root: Path) -> tuple[Step, ...]:
    """Return all checks; adding one is one line."""
    sources = sorted(str(path.relative_to(root)) for path in root.glob("**/src") if _is_ours(path, root))
    return (
        Step("format", ("ruff", "format", "--check", ".")),
        Step("lint", ("ruff", "check", ".")),
        Step("types", ("mypy", *sources)),
        Step(
            "unit and integration tests",
            ("pytest", "-q", "-n", "3", "-m", "not end_to_end and not containers"),
        ),
        # Alone: Docker gives all containers together the share of one process of the host.
        Step("containers", ("pytest", "-q", "-m", "containers")),
        # A file's tests share a stack, so each file stays with one process.
        Step("end-to-end tests", ("pytest", "-q", "-n", "3", "--dist", "loadfile", "-m", "end_to_end")),
    )


def run_checks(steps: Sequence[Step], root: Path, console: Console) -> int:
    """Run each check and stop at the first that fails; return its exit status, else 0."""
    for step in steps:
        console.rule(f"[bold]{step.name}", align="left")
        started = time.monotonic()
        code = _run(step, root)
        took = time.monotonic() - started
        if code != 0:
            console.print(f"[red]failed[/]: {step.name} ({took:.1f} s)")
            return code
        if step is not steps[-1]:  # pytest's own summary is the last line
            console.print(f"[green]passed[/]: {step.name} ({took:.1f} s)")
    return 0


def _run(step: Step, root: Path) -> int:
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", *step.command],
        check=False,
        cwd=root,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"},
    ).returncode


def _is_ours(path: Path, root: Path) -> bool:
    return (path.parent / "pyproject.toml").exists() and not path.relative_to(root).parts[0].startswith(".")
