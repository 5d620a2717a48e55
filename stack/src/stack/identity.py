"""Tell a process from a stranger that was given the same number later."""

import os
from pathlib import Path

import psutil


def identity(pid: int) -> str | None:
    """Return a text that no other process ever has, or None when there is no such process.

    On Linux the kernel's own start time, which does not move when the clock is set, with the boot's id.
    """
    try:
        if not Path("/proc/self/stat").exists():
            return f"created:{psutil.Process(pid).create_time()}"
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except (psutil.Error, OSError):
        return None
    return f"{boot}:{after_name[19]}"


def is_alive(pid: int, known_as: str) -> bool:
    """Whether that very process still runs; a zombie does not."""
    if identity(pid) != known_as:
        return False
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def group_of(pid: int) -> int | None:
    """Return the process group of a process, or None when it is gone."""
    try:
        return os.getpgid(pid)
    except OSError:
        return None
