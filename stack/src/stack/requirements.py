"""Write requirements/*.txt: versions with hashes for every platform, and no download address."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError
from stack.parts import SERVICES
from stack.prepare import members

PYTHON_VERSION = "3.11"


@dataclass(frozen=True)
class Lock:
    """One lock file and what it is made from."""

    name: str
    source: str
    options: tuple[str, ...] = ()


def locks() -> tuple[Lock, ...]:
    """Return every lock file; all but the first are held to the versions of the first."""
    constrained = ("--constraint", "requirements/all.txt")
    return (
        Lock("all", "pyproject.toml"),
        Lock("dev", "pyproject.toml", ("--group", "dev", *constrained)),
        *(Lock(part.name, f"{part.name}/pyproject.toml", constrained) for part in SERVICES),
    )


def write_locks(root: Path, *, upgrade: bool) -> list[Path]:
    """Resolve and write each lock file; versions that are locked stay unless an upgrade is asked for."""
    return [_write(root, lock, upgrade=upgrade) for lock in locks()]


def _write(root: Path, lock: Lock, *, upgrade: bool) -> Path:
    path = root / "requirements" / f"{lock.name}.txt"
    own = [part for member in members() for part in ("--no-emit-package", f"mlops-{member.name}")]
    command = [
        *(str(Path(sys.executable).with_name("uv")), "pip", "compile", lock.source, *lock.options),
        *("--universal", "--generate-hashes", "--no-emit-index-url", "--no-header", "--quiet"),
        *("--python-version", PYTHON_VERSION, *own, "--output-file", str(path.relative_to(root))),
        *(["--upgrade"] if upgrade else []),
    ]
    finished = subprocess.run(command, check=False, cwd=root, stdout=subprocess.DEVNULL)  # noqa: S603
    if finished.returncode != 0:
        raise StackError(f"{path.name} could not be resolved; the reason stands above")
    _refuse_addresses(path, root)
    return path


def _refuse_addresses(path: Path, root: Path) -> None:
    for line in path.read_text().splitlines():
        if "://" in line or str(root) in line or "--index" in line or "--find-links" in line:
            raise StackError(f"{path.name} names an address or a path of this machine: {line}")
