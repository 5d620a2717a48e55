"""The lock files hold versions and hashes for every platform, and nothing about where they came from."""

import re
import tomllib
from collections import defaultdict

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from stack.home import REPOSITORY
from stack.parts import SERVICES
from stack.prepare import members
from stack.requirements import locks

NAMES = [lock.name for lock in locks()]


def versions(name):
    """Return the locked versions of each package: several where systems or Pythons differ."""
    text = (REPOSITORY / "requirements" / f"{name}.txt").read_text()
    found = defaultdict(set)
    for package, version in re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", text, re.MULTILINE | re.IGNORECASE):
        found[package].add(version)
    return dict(found)


@pytest.mark.parametrize("name", NAMES)
def test_no_address_and_no_path_of_a_machine(name):
    text = (REPOSITORY / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(--index|--extra-index|--find-links|-f |-i )", text, re.MULTILINE)
    assert str(REPOSITORY) not in text
    assert "mlops-" not in re.sub(r"#.*", "", text), "packages of the workspace come from the repository"


@pytest.mark.parametrize("name", NAMES)
def test_every_package_has_hashes(name):
    text = (REPOSITORY / "requirements" / f"{name}.txt").read_text()
    assert text.count("==") >= 20
    for block in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE | re.IGNORECASE)[1:]:
        assert "--hash=sha256:" in block, block[:80]


@pytest.mark.parametrize("name", ["dev", *(part.name for part in SERVICES)])
def test_a_package_has_the_same_version_in_every_lock(name):
    locked, other = versions("all"), versions(name)
    common = other.keys() & locked.keys()
    assert [package for package in common if not other[package] <= locked[package]] == []


def test_development_holds_everything_that_running_needs():
    locked, development = versions("all"), versions("dev")
    assert {package: development.get(package) for package in locked} == locked


@pytest.mark.parametrize("package", [path.name for path in members()])
def test_the_lock_holds_what_each_package_asks_for(package):
    path = next(member for member in members() if member.name == package) / "pyproject.toml"
    locked = {canonicalize_name(name): found for name, found in versions("all").items()}
    asked = [Requirement(text) for text in tomllib.loads(path.read_text())["project"]["dependencies"]]
    for requirement in asked:
        if requirement.name.startswith("mlops-"):
            continue
        found = locked.get(canonicalize_name(requirement.name), set())
        assert found, f"{requirement.name} is not locked: ./launch.sh lock"
        assert all(requirement.specifier.contains(version) for version in found), requirement
