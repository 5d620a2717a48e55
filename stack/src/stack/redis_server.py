"""A Redis over one directory: what it is told, and whether it answers."""

import os
import socket
from dataclasses import dataclass, field
from pathlib import Path

from stack.accounts import Account, can
from stack.errors import StackError
from stack.files import write_private
from stack.parts import LOOPBACK
from stack.redis_binary import RedisBinary

DATA = "data"
TIMEOUT_SECONDS = 2.0
PARTED_FILES = (7, 0)  # from this version on the append-only file is a directory


@dataclass(frozen=True)
class RedisServer:
    """Where one Redis keeps its data, whose it is, on which port and with which password it answers."""

    directory: Path
    binary: RedisBinary
    account: Account | None
    port: int
    password: str = field(repr=False)

    @property
    def data(self) -> Path:
        """The directory of the append-only file."""
        return self.directory / DATA

    @property
    def configuration(self) -> Path:
        """What the server reads when it starts; it holds the password."""
        return self.directory / "redis.conf"

    @property
    def command(self) -> tuple[str, ...]:
        """The command that serves the data in the foreground."""
        return (str(self.binary.path), str(self.configuration))

    def prepare(self) -> None:
        """Make the data directory and write the configuration, for the server's account only.

        Raises StackError when the account cannot reach it, or a newer server wrote what is there.
        """
        if self.account and not can(self.account, "-x", self.directory):
            raise StackError(f"The account '{self.account.name}' cannot reach {self.directory}")
        if self.binary.version < PARTED_FILES and (self.data / "appendonlydir").exists():
            raise StackError(
                f"The data in {self.data} was written by a newer Redis than {self.binary.path}, which would "
                "start empty. Put a redis-server of version 7 or newer on the PATH again, or remove the data."
            )
        self.data.mkdir(mode=0o700, exist_ok=True)
        write_private(self.configuration, self._settings())
        if self.account:
            for path in (self.data, self.configuration):
                os.chown(path, self.account.uid, self.account.gid)

    def answers(self) -> bool:
        """Whether it answers PING with the password; a stranger on its port does not.

        Spoken by hand: importing a client takes longer than the server's whole start.
        """
        request = b"".join(_command(*words) for words in (("AUTH", self.password), ("PING",)))
        try:
            with socket.create_connection((LOOPBACK, self.port), TIMEOUT_SECONDS) as connection:
                connection.sendall(request)
                said = _two_lines(connection)
        except OSError:
            return False
        return said == ["+OK", "+PONG"]  # an error while it still loads its data

    def _settings(self) -> str:
        values = {
            "bind": LOOPBACK,
            "port": self.port,
            "protected-mode": "yes",
            "requirepass": _quoted(self.password),
            "dir": _quoted(str(self.data)),
            "daemonize": "no",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "aof-load-truncated": "yes",  # a killed server's half-written last command
            "save": '""',  # the append-only file holds everything
            "maxmemory-policy": "noeviction",  # a queue that loses keys loses jobs
        }
        return "".join(f"{name} {value}\n" for name, value in values.items())


def _command(*words: str) -> bytes:
    """Write one command as the protocol does (RESP, redis.io/docs/latest/develop/reference/protocol-spec)."""
    parts = [f"*{len(words)}\r\n", *(f"${len(word.encode())}\r\n{word}\r\n" for word in words)]
    return "".join(parts).encode()


def _two_lines(connection: socket.socket) -> list[str]:
    with connection.makefile("rb") as answer:
        return [answer.readline().decode(errors="replace").strip() for _ in range(2)]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
