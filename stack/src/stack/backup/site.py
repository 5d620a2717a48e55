"""What a backup asks of the stack that it is made of, however that runs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

# What stands in the file, in the order in which it is taken. A prediction leaves its journal when it is in
# the database, so the journals come first: a row is then in one of the two, or in both, which is as good.
FOLDERS = ("journal-ml-model", "journal-predictor", "artifacts")
DATABASES = ("datasets", "mlflow")


@dataclass(frozen=True)
class Folder:
    """One folder of a backup.

    Args:
        name: one of FOLDERS.
        left_out: patterns of names that are not taken.
    """

    name: str
    left_out: tuple[str, ...] = ()


class Site(Protocol):
    """A stack that runs; every method raises StackError when it fails."""

    def query(self, database: str, statement: str) -> str:
        """Return the one value that a statement answers, as text."""

    def dump(self, database: str, into: Path) -> None:
        """Write a database in pg_dump's custom form."""

    def load(self, database: str, dump: Path) -> None:
        """Replace a database by what such a file holds."""

    def pack(self, folder: Folder, into: Path) -> None:
        """Write a folder as a tar file."""

    def unpack(self, folder: Folder, archive: Path) -> None:
        """Replace a folder by what such a file holds."""

    def pause(self) -> None:
        """End whatever writes to databases and folders, PostgreSQL excepted."""

    def resume(self) -> None:
        """Bring everything up again, with migrations."""
