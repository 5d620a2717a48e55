"""Every check there is, in the order of their output; pytest is last, so its summary ends it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rich.console import Console

LOOK_SECONDS = 0.2
CONTAINERS = "tests/containers"
END_TO_END = "tests/end_to_end"


@dataclass(frozen=True)
class Step:
    """One check: a module of the environment and its arguments."""

    name: str
    command: tuple[str, ...]


def all_checks(root: Path) -> tuple[tuple[Step, ...], ...]:
    """Return all checks, group by group; those of a group run at the same time. Adding one is one line."""
    sources = sorted(str(path.relative_to(root)) for path in root.glob("**/src") if _is_ours(path, root))
    return (
        (Step("format", ("ruff", "format", "--check", ".")),),
        (Step("lint", ("ruff", "check", ".")),),
        # Containers are waited for a lot: others have the processors meanwhile. Stacks are not beside them:
        # Docker gives all containers together the share of one process of the host.
        (
            Step("containers", ("pytest", "-q", "-m", "containers", CONTAINERS)),
            Step("types", ("mypy", *sources)),
            Step(
                "unit and integration tests",
                (
                    *("pytest", "-q", "-n", "2", "--dist", "loadfile"),  # a file's tests share servers
                    *("-m", "not end_to_end and not containers"),
                ),
            ),
        ),
        # One stack each.
        (
            Step("end-to-end tests, watched", ("pytest", "-q", "-m", "end_to_end and watched", END_TO_END)),
            Step("end-to-end tests", ("pytest", "-q", "-m", "end_to_end and not watched", END_TO_END)),
        ),
    )


def run_checks(groups: Sequence[Sequence[Step]], root: Path, console: Console) -> int:
    """Run group after group and stop at the first with a failure; return its exit status, else 0.

    All checks of a group run to their end, and each one's output is shown whole, in their order.
    """
    for group in groups:
        with ExitStack() as until_shown:
            running = [_Running.begun(step, root, until_shown) for step in group]
            failed = [
                code for each in running if (code := each.shown(console, last=each.step is groups[-1][-1]))
            ]
        if failed:
            return failed[0]
    return 0


@dataclass(frozen=True)
class _Running:
    """A check under way, and the file that takes its output."""

    step: Step
    process: subprocess.Popen[bytes]
    output: Path
    started: float

    @classmethod
    def begun(cls, step: Step, root: Path, until_shown: ExitStack) -> Self:
        """Start a check, which is ended with the stack that is given."""
        output = Path(until_shown.enter_context(tempfile.TemporaryDirectory())) / "output"
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        with output.open("wb") as written:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", *step.command],
                cwd=root,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,  # Ctrl-C reaches it by `_end` alone, once
            )
        until_shown.callback(_end, process)
        return cls(step, process, output, time.monotonic())

    def shown(self, console: Console, *, last: bool) -> int:
        """Show the output as it comes, until the check has ended; return its exit status."""
        console.rule(f"[bold]{self.step.name}", align="left")
        with self.output.open(errors="replace") as written:
            while True:
                ended = self.process.poll() is not None
                console.out(written.read(), end="", highlight=False)
                if ended:
                    break
                time.sleep(LOOK_SECONDS)
        took = time.monotonic() - self.started
        if self.process.returncode != 0:
            console.print(f"[red]failed[/]: {self.step.name} ({took:.1f} s)")
        elif not last:  # pytest's own summary is the last line
            console.print(f"[green]passed[/]: {self.step.name} ({took:.1f} s)")
        return self.process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    """Interrupt a check that still runs, and wait: the tests take away what they started."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait()


def _is_ours(path: Path, root: Path) -> bool:
    return (path.parent / "pyproject.toml").exists() and not path.relative_to(root).parts[0].startswith(".")
