"""A server that this process starts as a child of its own, and ends."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from stack.errors import StackError
from stack.files import private_directory
from stack.logs import tail
from stack.spec import ProgramSpec

START_SECONDS = 30.0
POLL_SECONDS = 0.02


class ChildServer:
    """One program in a directory, with its log beside its data."""

    def __init__(self, name: str, directory: Path, stop_signal: signal.Signals, stop_seconds: float) -> None:
        """Keep what it is called, where it lives, and how it is asked to end."""
        self.name = name
        self.log = directory / f"{name}.log"
        self._run = directory / "run"
        self._stop_signal = stop_signal
        self._stop_seconds = stop_seconds
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The number of the server's first process while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self, spec: ProgramSpec, answers: Callable[[int], bool]) -> None:
        """Start it and return when it answers; what a killed predecessor left is ended first.

        Args:
            spec: how it is run.
            answers: given the number of its process, whether it answers.

        Raises StackError with the end of the log when the server does not start.
        """
        spec.write(private_directory(self._run))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "stack.child", str(self._run), self.name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.pid is not None:
            if answers(self.pid):
                return
            time.sleep(POLL_SECONDS)
        self.stop()
        raise StackError(f"{self.name} did not start:\n{tail(self.log)}")

    def stop(self) -> None:
        """End it cleanly, or hard when it takes too long."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(self._stop_signal)
        try:
            self._process.wait(self._stop_seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
