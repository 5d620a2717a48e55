"""Prometheus' programs, from this machine or out of Debian's package, which is unpacked and not installed."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

DOWNLOAD_SECONDS = 180
NOT_THERE = "{} is not on the PATH, and {}"


def find_program(name: str) -> tuple[Path | None, str]:
    """Return `promtool` or `prometheus`, else why it is not there."""
    on_path = shutil.which(name)
    if on_path:
        return Path(on_path), ""
    kept = _cache() / name
    if kept.exists():
        return kept, ""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None, NOT_THERE.format(name, "this is no Debian whose package could be unpacked")
    with tempfile.TemporaryDirectory() as directory:
        package = _downloaded(Path(directory))
        if package is None:
            return None, NOT_THERE.format(name, "Debian's package prometheus cannot be downloaded")
        _run(["dpkg-deb", "--extract", str(package), directory], directory)
        _keep(Path(directory) / "usr" / "bin" / name, kept)
    return kept, ""


def _downloaded(directory: Path) -> Path | None:
    directory.chmod(0o755)  # apt downloads as an account of its own where it can
    if not _run(["apt-get", "download", "prometheus"], str(directory)) and os.geteuid() == 0:
        _run(["apt-get", "update"], str(directory))
        _run(["apt-get", "download", "prometheus"], str(directory))
    return next(directory.glob("prometheus_*.deb"), None)


def _keep(program: Path, kept: Path) -> None:
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = kept.with_name(f"{kept.name}-{os.getpid()}")
    shutil.copy2(program, fresh)
    fresh.replace(kept)


def _run(command: list[str], directory: str) -> bool:
    said = subprocess.run(command, check=False, cwd=directory, capture_output=True, timeout=DOWNLOAD_SECONDS)
    return said.returncode == 0


def _cache() -> Path:
    named = os.environ.get("XDG_CACHE_HOME")
    return (Path(named) if named else Path.home() / ".cache") / "mlops-microservices"
