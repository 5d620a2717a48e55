"""A stack in containers, as a backup asks for it."""

from collections.abc import Callable
from pathlib import Path

from stack.backup.site import Folder
from stack.containers.compose import Compose
from stack.errors import StackError

# The service whose volume holds a folder, and where the volume is.
FOLDERS = {
    "journal-ml-model": ("ml-model", "journal"),
    "journal-predictor": ("predictor", "journal"),
    "artifacts": ("mlflow", "artifacts"),
}
STATE = "/state"
STAY = ("postgres", "redis-queue", "redis-cache")
POSTGRES = ("exec", "-T", "postgres")
AS_SUPERUSER = ("-U", "postgres", "--no-password")
CHANGED_MEANWHILE = 1  # GNU tar's exit status for a file that grew while it was read


class ContainerSite:
    """The containers of one home."""

    def __init__(self, compose: Compose, resume: Callable[[Compose], None]) -> None:
        """Keep what is needed."""
        self._compose, self._resume = compose, resume

    def query(self, database: str, statement: str) -> str:
        """Return the one value that a statement answers, as text."""
        told = ("psql", *AS_SUPERUSER, "-d", database, "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1")
        return self._compose.ask(*POSTGRES, *told, "-c", statement).strip()

    def dump(self, database: str, into: Path) -> None:
        """Write a database in pg_dump's custom form."""
        with into.open("wb") as file:
            self._compose.pipe(*POSTGRES, "pg_dump", *AS_SUPERUSER, "-Fc", "-d", database, stdout=file)

    def load(self, database: str, dump: Path) -> None:
        """Replace a database by what such a file holds."""
        self.query("postgres", f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        self.query("postgres", f'CREATE DATABASE "{database}" OWNER "{database}"')
        with dump.open("rb") as file:
            restore = ("pg_restore", *AS_SUPERUSER, "--exit-on-error", "--single-transaction", "-d", database)
            self._compose.pipe(*POSTGRES, *restore, stdin=file)

    def pack(self, folder: Folder, into: Path) -> None:
        """Write a folder as a tar file."""
        service, name = FOLDERS[folder.name]
        patterns = [f"--exclude={pattern}" for pattern in folder.left_out]
        with into.open("wb") as file:
            script = f'mkdir -p {STATE}/{name} && exec tar -C {STATE}/{name} -cf - "$@" .'
            packing = self._alone(service, script, *patterns)
            self._compose.pipe(*packing, stdout=file, tolerated=CHANGED_MEANWHILE)

    def unpack(self, folder: Folder, archive: Path) -> None:
        """Replace a folder by what such a file holds."""
        service, name = FOLDERS[folder.name]
        with archive.open("rb") as file:
            script = (
                f"rm -rf {STATE}/{name} && mkdir -m 700 {STATE}/{name} && exec tar -C {STATE}/{name} -xf -"
            )
            self._compose.pipe(*self._alone(service, script), stdin=file)

    def pause(self) -> None:
        """End whatever writes to databases and folders, PostgreSQL excepted."""
        running = [one.service for one in self._compose.containers() if one.state == "running"]
        others = sorted(set(running) - set(STAY))
        if others and self._compose.run("--profile", "*", "stop", *others) != 0:
            raise StackError("The services could not be stopped")

    def resume(self) -> None:
        """Bring everything up again, with migrations."""
        self._resume(self._compose)

    def _alone(self, service: str, script: str, *words: str) -> tuple[str, ...]:
        """Return how a script is run on the service's volume, in a container of its own."""
        once = ("run", "--rm", "--no-deps", "-T", "--entrypoint", "sh")
        return (*once, service, "-c", script, "sh", *words)
