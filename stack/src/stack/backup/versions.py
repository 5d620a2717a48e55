"""By which version a backup was made, and whether this one understands it."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from stack.errors import StackError

REVISION = re.compile(r'^revision(?:: str)? = "([^"]+)"', re.MULTILINE)
# The table of each owner of tables in which Alembic keeps the revision.
REVISIONS = {
    "datasetdb": "public.datasetdb_version",
    "ml_model": "ml_model.alembic_version",
    "predictor": "predictor.alembic_version",
}


def known_revisions(root: Path) -> dict[str, set[str]]:
    """Return the revisions of each owner of tables that this version has."""
    return {owner: set(_revisions(root, owner)) for owner in REVISIONS}


def locked_mlflow(root: Path) -> str:
    """Return the version of MLflow that this version is locked to."""
    found = re.search(r"^mlflow==(\S+)", (root / "requirements" / "tracking.txt").read_text(), re.MULTILINE)
    if found is None:
        raise StackError("requirements/tracking.txt names no version of mlflow")
    return found.group(1)


def refuse_newer(root: Path, revisions: Mapping[str, str], mlflow: str, postgres: tuple[int, int]) -> None:
    """Raise StackError where the file comes from a newer version than this one can bring up to date.

    Args:
        root: of this repository.
        revisions: of the file's tables, by owner.
        mlflow: version that made the file's MLflow tables.
        postgres: major version of the server that wrote the file, and of the one that is to read it.
    """
    known = known_revisions(root)
    for owner, revision in revisions.items():
        if revision not in known.get(owner, set()):
            raise StackError(f"The file is newer than this version: its {owner} tables are at {revision!r}.")
    if _numbers(mlflow) > _numbers(locked_mlflow(root)):
        raise StackError(f"The file is newer than this version: it was made with MLflow {mlflow}.")
    wrote, reads = postgres
    if wrote > reads:
        raise StackError(f"PostgreSQL {reads} cannot read what PostgreSQL {wrote} wrote.")


def _revisions(root: Path, owner: str) -> Iterator[str]:
    for script in root.glob(f"**/src/{owner}/migrations/versions/*.py"):
        yield from REVISION.findall(script.read_text())


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
