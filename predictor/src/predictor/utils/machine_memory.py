"""Memory of the machine that this process runs on."""

from pathlib import Path

_MEMINFO = Path("/proc/meminfo")


def available_memory_pct() -> float | None:
    """Return the memory that programs could still take, in per cent of all; None off Linux."""
    if not _MEMINFO.exists():
        return None
    fields = dict(line.split(":", 1) for line in _MEMINFO.read_text(encoding="ascii").splitlines())
    available, total = (float(fields[name].split()[0]) for name in ("MemAvailable", "MemTotal"))
    return 100.0 * available / total
