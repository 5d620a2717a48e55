"""Print the folders of a workspace package and of the workspace packages that it needs, one a line."""

import sys
import tomllib
from pathlib import Path

PREFIX = "mlops-"


def folders(package: str, root: Path) -> list[str]:
    """Return the folders below the root that hold the package and what it needs of the workspace.

    Whole paths: a bare name would be looked up in a package registry.
    """
    known = {folder.name: folder for folder in (*root.glob("libs/*"), *root.glob("*"))}
    found: dict[str, None] = {}
    waiting = [package]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            project = tomllib.loads((known[name] / "pyproject.toml").read_text())
            sources = project.get("tool", {}).get("uv", {}).get("sources", {})
            waiting.extend(source.removeprefix(PREFIX) for source in sources)
    return [str(known[name]) for name in found]


if __name__ == "__main__":
    sys.stdout.write("\n".join(folders(sys.argv[1], Path(sys.argv[2]).resolve())) + "\n")
