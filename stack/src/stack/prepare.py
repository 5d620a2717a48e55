"""Make the environment of a home, then become `python -m stack` in it.

Run by the system's Python, so standard library only. An environment that was not finished is made anew.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from stack.arguments import DEVELOPMENT, PASSIVE, home_of, parse
from stack.choice import chosen_mode
from stack.errors import StackError
from stack.installer import Installer

ROOT = Path(__file__).resolve().parents[3]
RUNTIME_LOCK, DEVELOPMENT_LOCK = "all.txt", "dev.txt"


def main(arguments: Sequence[str]) -> None:
    """Prepare what the command needs and run it; does not return."""
    options = parse(arguments)
    home = home_of(options)
    python = home / "env" / "bin" / "python"
    try:
        if chosen_mode(options, home) == "docker":
            from stack.containers.commands import run  # noqa: PLC0415 - the other mode does without

            raise SystemExit(run(options))
        if options.command not in PASSIVE:
            environment_of(home, development=options.command in DEVELOPMENT)
        elif not is_finished(home):
            raise StackError(f"Nothing was ever started in {home}. Use `./launch.sh up` first.")
    except StackError as error:
        raise SystemExit(f"launch.sh: {error}") from error
    except KeyboardInterrupt:
        raise SystemExit("launch.sh: interrupted; the next run repairs the environment") from None
    os.environ.pop("PYTHONPATH", None)
    os.environ["PYTHONUTF8"] = "1"  # the output holds signs that some locales cannot encode
    os.execv(python, [str(python), "-P", "-m", "stack", *arguments])  # noqa: S606


def environment_of(home: Path, *, development: bool) -> None:
    """Make the home's environment hold exactly what is locked; returns at once when it does already."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "prepare.lock").open("a") as lock:
        _wait_for(lock.fileno())
        if _is_current(home, development=development):
            return
        complete = is_finished(home)
        if not complete:
            shutil.rmtree(home / "env", ignore_errors=True)
        installer = Installer(home, ROOT, lock.fileno())
        uv = installer.find_uv()
        if complete:
            _stamp_file(home).unlink()  # from here on it is unfinished
        else:
            installer.make(uv)
        locked = DEVELOPMENT_LOCK if development else RUNTIME_LOCK
        installer.install(uv, ROOT / "requirements" / locked, members())
        _stamp_file(home).write_text(json.dumps({"development": development, "hash": content_hash(locked)}))


def is_finished(home: Path) -> bool:
    """Whether an environment is there, was completed, and its Python still runs."""
    if not _stamp_file(home).exists():
        return False
    python = home / "env" / "bin" / "python"
    try:
        return subprocess.run([str(python), "-c", ""], check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def members() -> list[Path]:
    """Return the packages of the workspace, sorted."""
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["workspace"]["members"]
    return sorted(
        path for pattern in patterns for path in ROOT.glob(pattern) if (path / "pyproject.toml").exists()
    )


def content_hash(locked: str) -> str:
    """Return a hash of everything that decides what is installed."""
    files = [ROOT / "requirements" / locked, *(member / "pyproject.toml" for member in members())]
    digest = hashlib.sha256(str(ROOT).encode())
    for path in files:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _is_current(home: Path, *, development: bool) -> bool:
    if not is_finished(home):
        return False
    stamp = json.loads(_stamp_file(home).read_text())
    has_development = bool(stamp["development"])  # and with it everything that running needs
    locked = DEVELOPMENT_LOCK if has_development else RUNTIME_LOCK
    return has_development >= development and bool(stamp["hash"] == content_hash(locked))


def _stamp_file(home: Path) -> Path:
    return home / "env" / ".finished"


def _wait_for(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.stderr.write("launch.sh: another launcher prepares this home; waiting for it\n")
        fcntl.flock(descriptor, fcntl.LOCK_EX)


if __name__ == "__main__":
    main(sys.argv[1:])
