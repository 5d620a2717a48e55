"""Show how far `up` is: a live table on a terminal, one line for each finished step everywhere."""

import time
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text


class Progress:
    """The steps of one command, each busy or done."""

    def __init__(self, console: Console) -> None:
        """Show nothing yet."""
        self._console = console
        self._busy: dict[str, float] = {}
        self._spinner = Spinner("dots")
        self._live = Live(get_renderable=self._table, console=console, refresh_per_second=8, transient=True)

    def begin(self, name: str) -> None:
        """Show that a step is busy."""
        self._busy[name] = time.monotonic()

    def done(self, name: str) -> None:
        """Show that a step is done, with the seconds it took."""
        took = time.monotonic() - self._busy.pop(name)
        self._console.print(Text.assemble(("  ✓ ", "green"), f"{name:<20}", (f"{took:5.1f} s", "dim")))

    def __enter__(self) -> "Progress":
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 1))
        now = time.monotonic()
        for name, begun in self._busy.items():
            table.add_row("", self._spinner, f"{name:<18}", Text(f"{now - begun:5.1f} s", "dim"))
        return table
