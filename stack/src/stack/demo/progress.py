"""How the demo shows where it is: alive on a terminal, plain lines elsewhere."""

from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

WIDTH = 38


class Display(Protocol):
    """Something that follows the demo."""

    def __enter__(self) -> "Display":
        """Start to show."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop to show."""

    def chapter(self, title: str) -> None:
        """A chapter begins."""

    def begin(self, title: str) -> None:
        """A step begins."""

    def done(self, title: str, result: str, seconds: float) -> None:
        """The step has ended well."""

    def failed(self, title: str, seconds: float) -> None:
        """The step has failed."""


class PlainLines:
    """One line for each step when it has ended, for files and pipes."""

    def __init__(self, console: Console) -> None:
        """Keep where to print."""
        self._console = console

    def __enter__(self) -> "PlainLines":
        """Start to show."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop to show."""

    def chapter(self, title: str) -> None:
        """Print the title alone."""
        self._print(title)

    def begin(self, title: str) -> None:
        """Print nothing yet."""

    def done(self, title: str, result: str, seconds: float) -> None:
        """Print the step's line."""
        self._print(f"  ok      {seconds:6.2f} s  {title}: {result}")

    def failed(self, title: str, seconds: float) -> None:
        """Print the step's line."""
        self._print(f"  FAILED  {seconds:6.2f} s  {title}")

    def _print(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


class LivingList:
    """A list that grows above a spinner, a bar and a clock."""

    def __init__(self, console: Console, steps: int) -> None:
        """Prepare the bar for that many steps."""
        # Terminals that cannot show these signs get letters.
        modern = console.encoding.lower().startswith("utf")
        self._good, self._bad = ("✔", "✘") if modern else ("ok", "FAILED")
        self._progress = Progress(
            SpinnerColumn("dots" if modern else "line", style="cyan"),
            TextColumn("[bold]{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("", total=steps)

    def __enter__(self) -> "LivingList":
        """Start the clock."""
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove spinner and bar; the list stays."""
        self._progress.stop()

    def chapter(self, title: str) -> None:
        """Write a heading."""
        self._progress.console.print(f"\n[bold cyan]{escape(title)}")

    def begin(self, title: str) -> None:
        """Name the step beside the spinner."""
        self._progress.update(self._task, description=escape(title))

    def done(self, title: str, result: str, seconds: float) -> None:
        """Add a line to the list and move the bar."""
        line = Text.assemble(
            (f"  {self._good}", "green"),
            f" {title:<{WIDTH}} ",
            (result, "bold"),
            (f"  {seconds:.1f} s", "dim"),
        )
        self._progress.console.print(line)
        self._progress.advance(self._task)

    def failed(self, title: str, seconds: float) -> None:
        """Add a line to the list."""
        line = Text.assemble((f"  {self._bad} {title}", "bold red"), (f"  {seconds:.1f} s", "dim"))
        self._progress.console.print(line)


def display(console: Console, steps: int) -> Display:
    """Return what suits the console."""
    return LivingList(console, steps) if console.is_terminal else PlainLines(console)
