"""`test` runs every check, in order, and stops at the first that fails."""

from io import StringIO

import pytest
from rich.console import Console

from stack.checks import Step, all_checks, run_checks
from stack.home import REPOSITORY

PASSES = Step("passes", ("timeit", "-n", "1", "-r", "1", "pass"))
FAILS = Step("fails", ("unittest", "no_such_module"))


def run(*groups):
    console = Console(file=StringIO(), width=100)
    return run_checks(groups, REPOSITORY, console), console.file.getvalue()


def every_step():
    return [step for group in all_checks(REPOSITORY) for step in group]


def test_all_pass():
    code, said = run([PASSES], [Step("last", PASSES.command)])
    assert code == 0
    assert "passed: passes" in said
    assert "passed: last" not in said, "the last check ends the output with its own summary"


def test_the_first_failure_stops_the_run():
    code, said = run([PASSES], [FAILS], [Step("never", ("timeit",))])
    assert code != 0
    assert "failed: fails" in said
    assert "never" not in said


def test_a_group_runs_at_once_to_its_end_and_is_shown_in_its_order(tmp_path):
    ready, done = tmp_path / "ready", tmp_path / "done"
    until = f"while not pathlib.Path({str(ready)!r}).exists(): time.sleep(0.01)"
    waits = f"import pathlib, time\n{until}\nprint('waited')"
    says = f"import pathlib; pathlib.Path({str(ready)!r}).touch(); print('said')"
    ends = f"import pathlib; pathlib.Path({str(done)!r}).touch()"
    once = ("timeit", "-n", "1", "-r", "1")
    group = [Step("waits", (*once, waits)), FAILS, Step("says", (*once, says)), Step("ends", (*once, ends))]
    code, said = run(group, [Step("never", ("timeit",))])
    assert code != 0
    assert (
        said.index("waited") < said.index("failed: fails") < said.index("said") < said.index("passed: ends")
    )
    assert done.exists()
    assert "never" not in said


def test_format_lint_types_and_tests_are_checked_and_pytest_comes_last():
    steps = every_step()
    assert [step.command[0] for step in steps] == [
        "ruff",
        "ruff",
        "pytest",
        "mypy",
        "pytest",
        "pytest",
        "pytest",
    ]


@pytest.mark.parametrize("mark", ["end_to_end", "containers"])
def test_tests_of_a_mark_stand_where_its_check_looks_for_them(mark):
    files = [*REPOSITORY.glob("*/tests/**/test_*.py"), *REPOSITORY.glob("libs/*/tests/**/test_*.py")]
    marked = [
        path for path in (*files, *REPOSITORY.glob("tests/**/*.py")) if f"mark.{mark}" in path.read_text()
    ]
    assert marked
    assert [path for path in marked if not path.is_relative_to(REPOSITORY / "tests" / mark)] == []


def test_every_package_is_type_checked():
    types = next(step for step in every_step() if step.name == "types")
    assert {"stack/src", "libs/servicekit/src", "ml-model/src"} <= set(types.command)
