"""A PostgreSQL data directory: made once, then served by the program that `command` names."""

import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stack.accounts import Account, can
from stack.errors import StackError
from stack.files import open_directory

SUPERUSER = "postgres"


@dataclass(frozen=True)
class Cluster:
    """Where one PostgreSQL keeps its data, whose it is, and which programs serve it."""

    directory: Path
    installation: Path
    account: Account | None

    @property
    def data(self) -> Path:
        """The data directory itself."""
        return self.directory / "data"

    def initialise(self, password: str) -> bool:
        """Make the data directory unless it is there; say whether it was made.

        It appears in one step, so an interrupted first start leaves nothing that looks like a database.
        """
        if (self.data / "PG_VERSION").exists():
            return False
        open_directory(self.directory)
        if self.account and not can(self.account, "-x", self.directory):
            raise StackError(f"The account '{self.account.name}' cannot reach {self.directory}")
        half = self.directory / "data.half"
        self._make_owned(half)
        self._initdb(half, password)
        half.rename(self.data)
        return True

    def command(self, port: int, settings: dict[str, str] | None = None) -> tuple[str, ...]:
        """Return the command that serves the data on 127.0.0.1 in the foreground."""
        values = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "jit": "off",  # compiling costs more than it saves on queries of this size
            **(settings or {}),
        }
        options = [part for name, value in values.items() for part in ("-c", f"{name}={value}")]
        return (str(self.installation / "bin" / "postgres"), "-D", str(self.data), *options)

    def is_served_by(self, pid: int) -> bool:
        """Whether the server with that process number accepts connections to this data."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _make_owned(self, directory: Path) -> None:
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(mode=0o700)
        if self.account:
            os.chown(directory, self.account.uid, self.account.gid)

    def _initdb(self, directory: Path, password: str) -> None:
        password_file = directory.with_name(f".password-{secrets.token_hex(8)}")
        password_file.touch(mode=0o600)
        try:
            password_file.write_text(password + "\n")
            if self.account:
                os.chown(password_file, self.account.uid, self.account.gid)
            finished = self._run_initdb(directory, password_file)
        finally:
            password_file.unlink(missing_ok=True)
        if finished.returncode != 0:
            raise StackError(f"PostgreSQL could not make its data directory:\n{finished.stderr.strip()}")

    def _run_initdb(self, directory: Path, password_file: Path) -> "subprocess.CompletedProcess[str]":
        command = [
            str(self.installation / "bin" / "initdb"),
            *("-D", str(directory), "-U", SUPERUSER, "-E", "UTF8", "--no-locale"),
            *("--auth-host=scram-sha-256", "--auth-local=scram-sha-256", f"--pwfile={password_file}"),
        ]
        return subprocess.run(  # noqa: S603
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
