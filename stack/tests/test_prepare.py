"""What launch.sh does before there is an environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stack import prepare
from stack.arguments import home_of, parse
from stack.errors import StackError
from stack.home import REPOSITORY
from stack.installer import Installer, locked_block, pip_settings

LAUNCH = REPOSITORY / "launch.sh"


def launch(*arguments, **environment):
    return subprocess.run(
        [LAUNCH, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment},
    )


def test_options_stand_before_or_after_the_command():
    for arguments in (
        ["--home", "/h", "--port-offset", "7", "up"],
        ["up", "--port-offset", "7", "--home", "/h"],
    ):
        options = parse(arguments)
        assert (options.command, home_of(options), options.port_offset) == ("up", Path("/h"), 7)


def test_the_default_home_is_in_the_repository():
    assert home_of(parse(["status"])) == REPOSITORY / ".stack"


@pytest.mark.parametrize(
    "wrong", [[], ["fly"], ["up", "--port-offset", "-1"], ["up", "--mode", "cloud"], ["up", "--hom", "/h"]]
)
def test_a_wrong_command_line_is_refused(wrong, capsys):
    with pytest.raises(SystemExit) as caught:
        parse(wrong)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_a_workload_has_a_size_within_its_limits(capsys):
    assert parse(["workload"]).executions == 5000
    assert [parse(["workload", "--executions", n]).executions for n in ("100", "1000000")] == [100, 1_000_000]
    for wrong in ("99", "1000001", "-5", "many", "1e3"):
        with pytest.raises(SystemExit):
            parse(["workload", "--executions", wrong])
        assert "100 to 1000000" in capsys.readouterr().err


def test_a_workload_without_a_stack_says_what_to_do_first(tmp_path):
    finished = launch("workload", "--mode", "local", "--home", str(tmp_path / "home"))
    assert finished.returncode == 1
    assert "Nothing was ever started" in finished.stderr
    assert "./launch.sh up" in finished.stderr


def test_help_needs_no_environment():
    finished = launch("--help")
    assert finished.returncode == 0
    assert "demo" in finished.stdout


def test_looking_at_a_home_that_is_not_there_installs_nothing(tmp_path):
    finished = launch("status", "--mode", "local", "--home", str(tmp_path / "home"))
    assert finished.returncode == 1
    assert "Nothing was ever started" in finished.stderr
    assert not (tmp_path / "home").exists()


def test_without_a_suitable_python_it_says_so(tmp_path):
    for name in ("dirname", "env"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    finished = launch("up", PATH=str(tmp_path))
    assert finished.returncode == 1
    assert "no Python of version 3.11 or newer" in finished.stderr


def test_the_uv_that_is_installed_first_is_the_locked_one():
    block = "uv==9.9 \\\n    --hash=sha256:2 \\\n    --hash=sha256:3\n"
    lock = f"a==1 \\\n    --hash=sha256:1\n{block}    # via x\nz==1\n"
    assert locked_block(lock, "uv") == block
    with pytest.raises(StackError, match="does not hold"):
        locked_block(lock, "b")
    assert "--hash" in locked_block((REPOSITORY / "requirements" / "all.txt").read_text(), "uv")


def test_what_pip_was_told_about_the_registry_is_passed_on(tmp_path, monkeypatch):
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://registry.example/simple\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    assert pip_settings(system_python())["UV_DEFAULT_INDEX"] == "https://registry.example/simple"


def test_a_python_without_venv_pip_and_uv_is_named_with_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)  # as on a system that packages it apart
    monkeypatch.setitem(sys.modules, "pip", None)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    with (tmp_path / "lock").open("w") as lock, pytest.raises(StackError) as caught:
        Installer(tmp_path, REPOSITORY, lock.fileno()).find_uv()
    assert sys.executable in str(caught.value)
    assert "apt install python3-venv" in str(caught.value)


def test_the_workspace_has_all_its_packages():
    names = {path.name for path in prepare.members()}
    assert {
        "servicekit",
        "datasetdb",
        "stack",
        "simulator",
        "ml-model",
        "tracking",
        "monitoring",
        "predictor",
    } <= names


def finished(home, *, development, content):
    python = home / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (home / "env" / ".finished").write_text(
        f'{{"development": {str(development).lower()}, "hash": "{content}"}}'
    )


def test_a_prepared_home_is_left_as_it_is(tmp_path):
    finished(tmp_path, development=True, content=prepare.content_hash("dev.txt"))
    before = (tmp_path / "env" / "bin").stat()
    prepare.environment_of(tmp_path, development=True)
    prepare.environment_of(tmp_path, development=False)  # development holds what running needs
    assert (tmp_path / "env" / "bin").stat() == before


def test_a_home_is_prepared_again_when_the_locks_or_packages_change(tmp_path):
    finished(tmp_path, development=False, content="of before")
    assert not prepare._is_current(tmp_path, development=False)


def test_a_home_for_running_is_not_enough_for_testing(tmp_path):
    finished(tmp_path, development=False, content=prepare.content_hash("all.txt"))
    assert prepare._is_current(tmp_path, development=False)
    assert not prepare._is_current(tmp_path, development=True)


def test_an_environment_whose_python_is_gone_is_not_finished(tmp_path):
    finished(tmp_path, development=True, content="any")
    assert prepare.is_finished(tmp_path)
    (tmp_path / "env" / "bin" / "python").unlink()
    (tmp_path / "env" / "bin" / "python").symlink_to("/nonexistent/python")
    assert not prepare.is_finished(tmp_path)


def system_python():
    """Return a Python that has pip; the environment's own has none."""
    for candidate in (Path(sys.base_prefix) / "bin" / "python3", Path("/usr/bin/python3")):
        if (
            candidate.exists()
            and not subprocess.run([candidate, "-m", "pip", "--version"], check=False).returncode
        ):
            return candidate
    pytest.skip("no Python with pip on this machine")
