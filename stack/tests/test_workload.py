"""The workload runs with what the worker was told, and only where a stack runs."""

import sys
from dataclasses import replace

import pytest

from stack.errors import StackError
from stack.leftovers import PROGRAM_VARIABLE
from stack.parts import WORKLOAD_DATABASE
from stack.spec import ProgramSpec
from stack.state import state_of
from stack.workload import WORKER, environment_of

SLEEP = (sys.executable, "-c", "import time; time.sleep(600)")


@pytest.fixture
def stack(home, supervise):
    """Run a stack whose worker was told these names; supervision and state are real."""

    def run(program=WORKER, *, complete=True, **told):
        supervise(ProgramSpec(program, SLEEP, told))
        replace(state_of(home), complete=complete).save(home)
        return home

    return run


def test_without_a_running_stack_it_says_what_to_do_first(home):
    with pytest.raises(StackError, match=r"launch\.sh up"):
        environment_of(home)


def test_a_stack_that_is_still_being_started_is_not_enough(stack):
    with pytest.raises(StackError, match="not complete"):
        environment_of(stack(complete=False))


def test_a_stack_without_a_predictor_is_named(stack):
    with pytest.raises(StackError, match="without a predictor"):
        environment_of(stack("simulator"))


def test_a_missing_database_is_named_with_what_to_set(stack):
    with pytest.raises(StackError, match=f"Set {WORKLOAD_DATABASE}"):
        environment_of(stack(CELERY_BROKER="redis://"))


def test_it_gets_what_the_worker_got_rather_than_what_this_shell_says(stack, monkeypatch):
    monkeypatch.setenv("CELERY_BROKER", "redis://from-this-shell")
    home = stack(CELERY_BROKER="redis://of-the-stack", **{WORKLOAD_DATABASE: "postgresql://w@db/w"})
    environment = environment_of(home)
    assert environment["CELERY_BROKER"] == "redis://of-the-stack"
    assert environment[WORKLOAD_DATABASE] == "postgresql://w@db/w"
    assert environment[PROGRAM_VARIABLE].endswith("//workload"), "so that `down` ends it too"
