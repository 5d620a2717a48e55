"""`test` runs every check, in order, and stops at the first that fails."""

from io import StringIO

from rich.console import Console

from stack.checks import Step, all_checks, run_checks
from stack.home import REPOSITORY

PASSES = Step("passes", ("timeit", "-n", "1", "-r", "1", "pass"))
FAILS = Step("fails", ("unittest", "no_such_module"))


def run(*steps):
    console = Console(file=StringIO(), width=100)
    return run_checks(steps, REPOSITORY, console), console.file.getvalue()


def test_all_pass():
    code, said = run(PASSES, Step("last", PASSES.command))
    assert code == 0
    assert "passed: passes" in said
    assert "passed: last" not in said, "the last check ends the output with its own summary"


def test_the_first_failure_stops_the_run():
    code, said = run(PASSES, FAILS, Step("never", ("timeit",)))
    assert code != 0
    assert "failed: fails" in said
    assert "never" not in said


def test_format_lint_types_and_tests_are_checked_and_pytest_comes_last():
    steps = all_checks(REPOSITORY)
    assert [step.command[0] for step in steps] == ["ruff", "ruff", "mypy", "pytest", "pytest", "pytest"]
    assert "end_to_end" in steps[-1].command


def test_every_package_is_type_checked():
    types = next(step for step in all_checks(REPOSITORY) if step.name == "types")
    assert {"stack/src", "libs/servicekit/src", "ml-model/src"} <= set(types.command)
