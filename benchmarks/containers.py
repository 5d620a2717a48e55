"""What the containers weigh, how long they take to be healthy, and to be built anew after a change of code.

`python benchmarks/containers.py` needs a Docker engine and images that are built (`./launch.sh up` does).
Nothing else should run on the machine meanwhile: the load is printed beside the figures.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from stack_speed import free_offset, load

from stack.containers.compose import Compose
from stack.home import Home

REPOSITORY = Path(__file__).resolve().parents[1]
BASE = "python:3.12-slim"
PREFIX = "mlops-microservices"
IMAGES = ("simulator", "ml-model", "tracking", "monitoring", "predictor", "mlflow")
LONGEST_SECONDS = 900


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    print(f"{machine()}\n")
    print("| image | MB above the base |\n| --- | ---: |")
    base = size(BASE)
    for image in IMAGES:
        print(f"| {image} | {(size(f'{PREFIX}/{image}') - base) / 1e6:.0f} |")
    print("\n| step | median s | min s | max s |\n| --- | ---: | ---: | ---: |")
    show("built anew after a change of the simulator's code", [rebuilt() for _ in range(given.repeats)])
    home = Path(tempfile.mkdtemp(prefix="benchmark-containers-"))
    try:
        measure_starts(Compose(Home.at(home), free_offset()), given.repeats)
    finally:
        shutil.rmtree(home)
    print(f"\nLoad at the end: {load()}.")


def measure_starts(compose: Compose, repeats: int) -> None:
    """Print how long `up` takes with empty volumes and with those of before, and how much memory is held."""
    first, again = [], []
    memory = 0.0
    for _ in range(repeats):
        try:
            first.append(seconds(compose, "up"))
            memory = held(compose)
            seconds(compose, "down")
            again.append(seconds(compose, "up"))
        finally:
            compose.run("--profile", "*", "down", "--volumes")
    show("up, empty volumes, images built", first)
    show("up after down", again)
    print(f"\nAll containers together hold {memory:.0f} MiB when they are healthy.")


def seconds(compose: Compose, step: str) -> float:
    """Return how long one command takes; ends the program when it fails."""
    where = ["--mode", "docker", "--home", str(compose.home.root), "--port-offset", str(compose.offset)]
    started = time.perf_counter()
    finished = subprocess.run(
        ["./launch.sh", step, *where],
        check=False,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        cwd=REPOSITORY,
    )
    if finished.returncode != 0:
        raise SystemExit(f"{step} failed:\n{finished.stdout}\n{finished.stderr}")
    return time.perf_counter() - started


def rebuilt() -> float:
    """Return how long an image takes after a line of its service's code has changed."""
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory)
        archive = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, check=True, capture_output=True)
        for name in archive.stdout.decode().split("\0")[:-1]:
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, target)
        with (source / "simulator/src/simulator/bootstrap.py").open("a") as code:
            code.write(f"# {time.time_ns()}\n")
        command = ["docker", "build", "--quiet", "--file", "docker/service.Dockerfile"]
        started = time.perf_counter()
        subprocess.run(
            [*command, "--build-arg", "SERVICE=simulator", "--tag", f"{PREFIX}/benchmark", "."],
            check=True,
            capture_output=True,
            cwd=source,
        )
        return time.perf_counter() - started


def size(image: str) -> int:
    """Return the bytes of an image."""
    said = ask("image", "inspect", "--format", "{{.Size}}", image)
    return int(said)


def held(compose: Compose) -> float:
    """Return the MiB that the containers hold, as Docker counts them."""
    names = [one.name for one in compose.containers() if one.state == "running"]
    used = ask("stats", "--no-stream", "--format", "{{.MemUsage}}", *names).splitlines()
    units = {"KiB": 1 / 1024, "MiB": 1.0, "GiB": 1024.0}
    return sum(
        float(text.split("/")[0].strip()[:-3]) * units[text.split("/")[0].strip()[-3:]] for text in used
    )


def ask(*words: str) -> str:
    """Return what the engine answers."""
    return subprocess.run(["docker", *words], check=True, capture_output=True, text=True).stdout.strip()


def show(step: str, taken: list[float]) -> None:
    """Print median, smallest and largest seconds of a step."""
    print(f"| {step} | {statistics.median(taken):.1f} | {min(taken):.1f} | {max(taken):.1f} |", flush=True)


def machine() -> str:
    """Return what the figures were taken on."""
    engine = ask("version", "--format", "{{.Server.Version}}")
    what = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Docker {engine}"
    return f"{what}. Load at the start: {load()}."


if __name__ == "__main__":
    main()
