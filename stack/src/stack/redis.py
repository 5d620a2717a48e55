"""A Redis of one's own on 127.0.0.1, started and stopped by this process."""

import secrets
import signal
from pathlib import Path
from types import TracebackType

from stack.accounts import redis_account
from stack.child_server import ChildServer
from stack.files import open_directory
from stack.parts import LOOPBACK
from stack.ports import free_port
from stack.redis_binary import find_redis
from stack.redis_server import RedisServer
from stack.spec import ProgramSpec

NAME = "redis"
STOP_SECONDS = 15.0


class EmbeddedRedis:
    """A server over one directory; as root it runs as `nobody`, who must be able to reach the directory."""

    def __init__(self, directory: Path, port: int | None = None, password: str | None = None) -> None:
        """Keep where it lives; without a port it takes a free one, without a password it makes one."""
        self.directory = directory
        self.port = port or free_port()
        self.password = password or secrets.token_urlsafe(24)
        self._child = ChildServer(NAME, directory, signal.SIGTERM, STOP_SECONDS)

    def start(self) -> "EmbeddedRedis":
        """Serve, and return when it answers; what a killed predecessor left is ended first.

        Raises StackError with the end of the log when the server does not start.
        """
        open_directory(self.directory)
        account = redis_account()
        binary = find_redis(account, self.directory)
        server = RedisServer(self.directory, binary, account, self.port, self.password)
        server.prepare()
        spec = ProgramSpec(
            NAME,
            server.command,
            account=account.name if account else None,
            stop_seconds=STOP_SECONDS,
            works_in=str(server.data.resolve()),
            dies_with_parent=True,
        )
        self._child.start(spec, lambda _pid: server.answers())
        return self

    @property
    def log(self) -> Path:
        """Where the server writes what happens."""
        return self._child.log

    @property
    def pid(self) -> int | None:
        """The number of the server's process while it runs."""
        return self._child.pid

    def stop(self) -> None:
        """End the server cleanly; open connections are cut."""
        self._child.stop()

    def url(self, database: int = 0) -> str:
        """Return the address of one of its sixteen numbered databases."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def __enter__(self) -> "EmbeddedRedis":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
