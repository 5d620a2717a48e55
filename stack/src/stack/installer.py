"""Install with uv, which comes from the same lock as everything else. Standard library only."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from stack.errors import StackError

MISSING = """{python} can make no environment: it lacks {missing}, and there is no uv on the PATH.
Install one of them, then run this again:
  Debian, Ubuntu:  apt install python3-venv
  Fedora, RHEL:    dnf install python3-pip
  anywhere:        an installed `uv`, or a Python from python.org"""
UNREACHABLE = """{what} could not be installed; the reason stands above.
If this machine reaches its package registry another way, name it to pip and uv (PIP_INDEX_URL,
UV_DEFAULT_INDEX, HTTPS_PROXY, SSL_CERT_FILE). Run this again: it goes on where it stopped."""
# What pip may have been told about this machine's registry, and the names by which uv is told.
PIP_SETTINGS = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
QUIET = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
    "UV_PYTHON_DOWNLOADS": "never",
}


class Installer:
    """What makes the environment of one home."""

    def __init__(self, home: Path, root: Path, lock: int) -> None:
        """Keep where; each child holds the lock too, so that nobody repairs what an orphan still writes."""
        self._tools, self._env, self._root, self._lock = home / "tools", home / "env", root, lock
        self._cache = home / "cache"
        self._from_pip: dict[str, str] = {}

    def find_uv(self) -> Path:
        """Return a uv: one that is there already, or the locked version, installed beside the environment."""
        own = self._tools / "bin" / "uv"
        for candidate in (self._env / "bin" / "uv", own):
            if candidate.exists() and self._run([str(candidate), "--version"], quiet=True):
                self._from_pip = pip_settings(self._tools / "bin" / "python")
                return candidate
        _say("preparing the installer")
        shutil.rmtree(self._tools, ignore_errors=True)
        if self._install_uv() and own.exists():
            self._from_pip = pip_settings(self._tools / "bin" / "python")
            return own
        on_path = shutil.which("uv")
        if on_path is None:
            raise StackError(UNREACHABLE.format(what="The installer (uv)"))
        return Path(on_path)

    def make(self, uv: Path) -> None:
        """Make an empty environment for this Python."""
        if not self._run([str(uv), "venv", "--quiet", "--python", sys.executable, str(self._env)]):
            raise StackError(f"{self._env} could not be made; the reason stands above")

    def install(self, uv: Path, locked: Path, packages: Sequence[Path]) -> None:
        """Bring the environment to exactly what is locked, then add the packages of this workspace."""
        python = ["--python", str(self._env / "bin" / "python")]
        _say("installing what is locked (1.3 GB; some minutes the first time)")
        if not self._run([str(uv), "pip", "sync", *python, "--require-hashes", str(locked)]):
            raise StackError(UNREACHABLE.format(what="The locked packages"))
        editable = [part for package in packages for part in ("--editable", str(package))]
        if not self._run([str(uv), "pip", "install", "--quiet", *python, "--no-deps", *editable]):
            raise StackError(
                "The packages of this repository could not be installed; the reason stands above"
            )

    def _install_uv(self) -> bool:
        with tempfile.TemporaryDirectory() as directory:
            requirement = Path(directory) / "uv.txt"
            requirement.write_text(locked_block((self._root / "requirements" / "all.txt").read_text(), "uv"))
            arguments = ["install", "--quiet", "--require-hashes", "--no-deps", "-r", str(requirement)]
            if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
                made = self._run([sys.executable, "-m", "venv", str(self._tools)])
                return made and self._run([str(self._tools / "bin" / "python"), "-m", "pip", *arguments])
            if importlib.util.find_spec("pip"):
                return self._run([sys.executable, "-m", "pip", *arguments, "--target", str(self._tools)])
        if shutil.which("uv") is None:
            raise StackError(MISSING.format(python=sys.executable, missing="venv (ensurepip) and pip"))
        return False

    def _run(self, command: list[str], *, quiet: bool = False) -> bool:
        output = subprocess.DEVNULL if quiet else None
        finished = subprocess.run(  # noqa: S603
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=self._root,
            env=self._environment(),
            pass_fds=[self._lock],
        )
        return finished.returncode == 0

    def _environment(self) -> dict[str, str]:
        environment = {
            **self._from_pip,
            **os.environ,
            "UV_COMPILE_BYTECODE": "1",
        }
        for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX"):
            environment.pop(name, None)
        if "UV_CACHE_DIR" not in environment and not _can_write_cache():
            environment["UV_CACHE_DIR"] = str(self._cache)
        return environment


def locked_block(lock: str, name: str) -> str:
    """Return the lines of one package, with its hashes, from a lock file; raises StackError when none."""
    lines = lock.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith(f"{name}==")]
    if not starts:
        raise StackError(f"The lock file does not hold {name}")
    block = [lines[starts[0]]]
    while block[-1].endswith("\\"):
        block.append(lines[starts[0] + len(block)])
    return "\n".join(block) + "\n"


def pip_settings(python: Path) -> dict[str, str]:
    """Return what that Python's pip was told about the registry, by uv's names; uv reads no pip file."""
    listing = [str(python if python.exists() else sys.executable), "-m", "pip", "config", "list"]
    finished = subprocess.run(listing, check=False, capture_output=True, text=True)  # noqa: S603
    found = {}
    for line in finished.stdout.splitlines():
        key, _, value = line.partition("=")
        name = PIP_SETTINGS.get(key.rpartition(".")[2])
        if name:
            found[name] = value.strip("'\"")
    return found


def _can_write_cache() -> bool:
    parent = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    while not parent.exists():
        parent = parent.parent
    return os.access(parent, os.W_OK)


def _say(text: str) -> None:
    sys.stderr.write(f"launch.sh: {text}\n")
