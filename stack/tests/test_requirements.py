"""The lock files hold versions and hashes for every platform, and nothing about where they came from."""

import re

import pytest

from stack.home import REPOSITORY
from stack.parts import SERVICES
from stack.requirements import locks

NAMES = [lock.name for lock in locks()]


def versions(name):
    text = (REPOSITORY / "requirements" / f"{name}.txt").read_text()
    return set(re.findall(r"^([a-z0-9._-]+==\S+)", text, re.MULTILINE | re.IGNORECASE))


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
    locked = dict(entry.split("==") for entry in versions("all"))
    other = dict(entry.split("==") for entry in versions(name))
    assert {package: other[package] for package in other.keys() & locked.keys()} == {
        package: locked[package] for package in other.keys() & locked.keys()
    }


def test_development_holds_everything_that_running_needs():
    assert versions("all") <= versions("dev")
