"""Show how far a workload is: a bar on a terminal, a line for each window elsewhere."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from predictor.workload.run import Progress


class ProgressDisplay:
    """Give `show` to `run_workload` inside of `with`.

    Args:
        console: to write on; whether it is a terminal decides the form.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Bar(*columns, console=self._console, disable=not self._console.is_terminal)
        self._task = self._bar.add_task("making the tables ready", total=None)

    def show(self, progress: Progress) -> None:
        """Show what is done."""
        description = _description(progress)
        self._bar.update(
            self._task,
            description=description,
            completed=progress.executions,
            total=progress.of_executions if progress.window else None,
        )
        if not self._console.is_terminal:
            counted = f"{progress.executions} of {progress.of_executions} executions"
            self._console.print(f"{description}: {counted}, {progress.seconds:.0f} s", highlight=False)

    def __enter__(self) -> "ProgressDisplay":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()


def _description(progress: Progress) -> str:
    if progress.setting is None:
        return "making the tables ready"
    setting = progress.setting
    connections = "connection" if setting.concurrency == 1 else "connections"
    return (
        f"window {progress.window} of {progress.windows}, {setting.concurrency} {connections},"
        f" work_mem {setting.work_mem_mb:g} MB"
    )
