"""The modules of the repository, parsed once."""

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = {
    "simulator": "simulator",
    "ml-model": "ml_model",
    "tracking": "tracking",
    "monitoring": "monitoring",
    "predictor": "predictor",
}
LIBRARIES = ("servicekit", "datasetdb", "modelcatalogue", "journal", "jobqueue")


@dataclass(frozen=True)
class Module:
    """One Python file of a package."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.name.split(".")[0]

    @property
    def layer(self) -> str:
        """The folder below the package, with one more level for persistence and web."""
        parts = self.name.split(".")[1:]
        if parts and parts[0] in {"web", "persistence"}:
            return ".".join(parts[:2])
        return parts[0] if parts else ""

    def imports(self) -> list[str]:
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                found += [f"{node.module}.{alias.name}" for alias in node.names]
        return found


def modules_below(source: Path) -> list[Module]:
    found = []
    for path in sorted(source.rglob("*.py")):
        name = ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__")
        found.append(Module(name, path, ast.parse(path.read_text())))
    return found


@pytest.fixture(scope="session")
def service_modules() -> list[Module]:
    return [module for folder in SERVICES for module in modules_below(ROOT / folder / "src")]


@pytest.fixture(scope="session")
def library_modules() -> list[Module]:
    return [module for folder in LIBRARIES for module in modules_below(ROOT / "libs" / folder / "src")]


@pytest.fixture(scope="session")
def all_modules(service_modules, library_modules) -> list[Module]:
    return [*service_modules, *library_modules, *modules_below(ROOT / "stack" / "src")]
