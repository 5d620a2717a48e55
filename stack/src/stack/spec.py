"""How one program is run, as a file that its wrapper reads."""

import signal
from dataclasses import asdict, dataclass, field
from pathlib import Path

from stack.errors import StackError
from stack.files import read_json, write_json


@dataclass(frozen=True)
class ProgramSpec:
    """One program: what to execute, as whom, and how to ask it to end.

    Without `stop_whole_group` only its first process is asked, and ends its children in its own way.
    """

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    account: str | None = None
    stop_signal: str = "TERM"
    stop_seconds: float = 10.0
    stop_whole_group: bool = True
    niceness: int = 0
    works_in: str | None = None
    dies_with_parent: bool = False

    @property
    def first_signal(self) -> signal.Signals:
        """The signal that asks it to end."""
        return signal.Signals[f"SIG{self.stop_signal}"]

    def write(self, run_directory: Path) -> None:
        """Keep it in the run directory; it may hold passwords, so only the owner can read it."""
        write_json(run_directory / f"{self.name}.program", asdict(self))

    @classmethod
    def read(cls, run_directory: Path, name: str) -> "ProgramSpec":
        """Return the program of that name; raises StackError when none was written."""
        value = read_json(run_directory / f"{name}.program")
        if value is None:
            raise StackError(f"There is no program '{name}' in {run_directory}")
        return cls(**{**value, "command": tuple(value["command"])})
