"""A Redis of one's own on 127.0.0.1, started and stopped by this process."""

import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from stack.accounts import redis_account
from stack.errors import StackError
from stack.files import open_directory, private_directory
from stack.logs import tail
from stack.ports import LOOPBACK, free_port
from stack.redis_binary import find_redis
from stack.redis_server import RedisServer
from stack.spec import ProgramSpec

NAME = "redis"
START_SECONDS = 30.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.01


class EmbeddedRedis:
    """A server over one directory; as root it runs as `nobody`, who must be able to reach the directory."""

    def __init__(self, directory: Path, port: int | None = None, password: str | None = None) -> None:
        """Keep where it lives; without a port it takes a free one, without a password it makes one."""
        self.directory = directory
        self.port = port or free_port()
        self.password = password or secrets.token_urlsafe(24)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "EmbeddedRedis":
        """Serve, and return when it answers; what a killed predecessor left is ended first.

        Raises StackError with the end of the log when the server does not start.
        """
        open_directory(self.directory)
        account = redis_account()
        binary = find_redis(account, self.directory)
        server = RedisServer(self.directory, binary, account, self.port, self.password)
        server.prepare()
        run_directory = private_directory(self.directory / "run")
        spec = ProgramSpec(
            NAME,
            server.command,
            account=account.name if account else None,
            stop_seconds=STOP_SECONDS,
            works_in=str(server.data.resolve()),
            dies_with_parent=True,
        )
        spec.write(run_directory)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "stack.child", str(run_directory), NAME],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait(server)
        return self

    @property
    def log(self) -> Path:
        """Where the server writes what happens."""
        return self.directory / "redis.log"

    @property
    def pid(self) -> int | None:
        """The number of the server's process while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def stop(self) -> None:
        """End the server cleanly; open connections are cut."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def url(self, database: int = 0) -> str:
        """Return the address of one of its sixteen numbered databases."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def _wait(self, server: RedisServer) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.pid is not None:
            if server.answers():
                return
            time.sleep(POLL_SECONDS)
        self.stop()
        raise StackError(f"Redis did not start:\n{tail(self.log)}")

    def __enter__(self) -> "EmbeddedRedis":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
