"""What must never be in the repository."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOST = re.compile(r"https?://|--(extra-)?index-url|@ file:")


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_locks_have_hashes_and_no_addresses():
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert {"all.txt", "dev.txt"} <= {lock.name for lock in locks}
    for lock in locks:
        text = lock.read_text()
        assert "--hash=sha256:" in text, lock.name
        assert not HOST.search(text), lock.name


def test_service_locks_agree_with_the_lock_of_all():
    pins = re.compile(r"^([a-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
    everything = {tuple(pin) for pin in pins.findall((ROOT / "requirements/all.txt").read_text())}
    for lock in (ROOT / "requirements").glob("*.txt"):
        if lock.name not in {"all.txt", "dev.txt"}:
            assert set(pins.findall(lock.read_text())) <= everything, lock.name


def test_files_are_small_and_have_one_subject():
    long = [
        f"{path.relative_to(ROOT)}: {count} lines"
        for path in tracked_files()
        if path.suffix == ".py" and path.exists() and (count := path.read_text().count("\n")) > 400
    ]
    assert long == []
