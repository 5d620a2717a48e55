"""A virtual environment for each peer, made by uv from its pinned requirements."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).parent / "requirements"
PYTHON = "3.11"


def prepared(directory: Path, name: str) -> Path:
    """Return the environment of a peer, made now unless it is there with the same requirements."""
    requirements = REQUIREMENTS / f"{name}.txt"
    environment = directory / name
    kept = environment / "requirements.txt"
    if kept.exists() and kept.read_text() == requirements.read_text():
        return environment
    print(f"making the environment of {name} in {environment} ...", file=sys.stderr)
    python = str(environment / "bin" / "python")
    for arguments in (
        ["venv", "--quiet", "--clear", "--python", PYTHON, str(environment)],
        ["pip", "install", "--quiet", "--python", python, "-r", str(requirements)],
    ):
        subprocess.run([_uv(), *arguments], check=True, env=os.environ | {"UV_COMPILE_BYTECODE": "1"})
    shutil.copy(requirements, kept)
    return environment


def version_in(environment: Path, package: str) -> str:
    """Return the version of a package that is installed there."""
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    command = [str(environment / "bin" / "python"), "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _uv() -> str:
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise SystemExit("uv is needed to make the peers' environments")
    return found
