"""Make a backup of a stack that runs, and bring one back."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from stack.backup.archive import Manifest, read_archive, write_archive
from stack.backup.site import DATABASES, FOLDERS, Folder, Site
from stack.backup.versions import REVISIONS, locked_mlflow, refuse_newer
from stack.errors import StackError

DUMP, TAR = ".dump", ".tar"
# Without the marks of what was carried, every row is carried again, and the table's key makes that once; a
# mark that is newer than the rows beside it would lose some.
JOURNAL_MARKS = ("*.carried", "*.generation", "*.new")
PARTS = (*(name + TAR for name in FOLDERS), *(name + DUMP for name in DATABASES))


def back_up(site: Site, target: Path, root: Path) -> None:
    """Write one file with everything that the stack must not lose, while it runs.

    Args:
        site: the stack.
        target: of the file; one that is there is replaced when the new one is whole.
        root: of this repository.
    """
    if not target.parent.is_dir():
        raise StackError(f"There is no folder {target.parent}")
    manifest = Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        postgres=_server(site),
        mlflow=locked_mlflow(root),
        revisions={
            owner: site.query("datasets", f"SELECT version_num FROM {table}")  # noqa: S608 - our own names
            for owner, table in REVISIONS.items()
        },
    )
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as directory:
        place = Path(directory)
        for name in FOLDERS:
            site.pack(_folder(name), place / (name + TAR))
        for name in DATABASES:
            site.dump(name, place / (name + DUMP))
        write_archive(target, manifest, [place / name for name in PARTS])


def restore(site: Site, source: Path, root: Path) -> Manifest:
    """Replace everything by what the file holds; nothing is touched before the whole file was checked.

    Raises:
        StackError: the file is damaged, incomplete or newer than this version, or something failed.
    """
    with tempfile.TemporaryDirectory(dir=source.parent, prefix=".restore-") as directory:
        place = Path(directory)
        manifest = read_archive(source, place, PARTS)
        refuse_newer(root, manifest.revisions, manifest.mlflow, (manifest.postgres, _server(site)))
        site.pause()
        for name in DATABASES:
            site.load(name, place / (name + DUMP))
        for name in FOLDERS:
            site.unpack(_folder(name), place / (name + TAR))
        site.resume()
    return manifest


def _server(site: Site) -> int:
    return int(site.query("datasets", "SHOW server_version_num")) // 10_000


def _folder(name: str) -> Folder:
    return Folder(name, JOURNAL_MARKS if name.startswith("journal-") else ())
