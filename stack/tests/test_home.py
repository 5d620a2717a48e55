"""A home keeps its secrets, and one launcher at a time works on it."""

import os
import subprocess
import sys
import threading

import pytest

from stack.credentials import credentials_of
from stack.errors import StackError
from stack.files import read_json, write_json
from stack.home import Home
from stack.lock import held
from stack.roles import ROLES
from stack.state import StackState, forget, state_of

STATE = StackState(
    offset=7, urls={"simulator": "u"}, ports={"simulator": 1}, control_port=2, programs=("a", "b")
)


def mode(path):
    return path.stat().st_mode & 0o777


def test_passwords_are_made_once_and_only_the_owner_can_read_them(home):
    first = credentials_of(home)
    assert credentials_of(home) == first
    assert mode(home.secrets_file) == 0o600
    made = [first.postgres, first.redis, first.supervisor, *first.roles.values()]
    assert len(set(made)) == len(ROLES) + 3


def test_a_home_of_before_keeps_its_passwords_and_gains_those_it_lacks(home):
    old = {"postgres": "a", "datasets": "b", "mlflow": "c", "supervisor": "d"}
    write_json(home.secrets_file, old)
    credentials = credentials_of(home)
    kept = read_json(home.secrets_file)
    assert kept | old == kept
    assert (credentials.postgres, credentials.roles["datasets"], credentials.roles["mlflow"]) == (
        "a",
        "b",
        "c",
    )
    assert len(credentials.redis) > 20
    assert credentials.redis != credentials.roles["workload"]
    assert credentials_of(home) == credentials, "they are kept"
    assert mode(home.secrets_file) == 0o600


def test_passwords_are_not_remade_when_their_file_is_broken(home):
    home.secrets_file.write_text("{")
    with pytest.raises(StackError, match="cannot be read"):
        credentials_of(home)


def test_two_homes_have_different_passwords(directory):
    assert credentials_of(Home.at(directory / "a")) != credentials_of(Home.at(directory / "b"))


def test_others_pass_through_a_new_home_but_read_nothing(directory):
    old = os.umask(0o077)
    try:
        home = Home.at(directory / "a" / "b")
    finally:
        os.umask(old)
    assert mode(home.root) == 0o755
    assert {mode(path) for path in (home.run, home.logs, home.artifacts)} == {0o700}


def test_a_home_that_exists_keeps_its_mode(directory):
    (directory / "closed").mkdir(mode=0o700)
    Home.at(directory / "closed")
    assert mode(directory / "closed") == 0o700


def test_a_home_that_cannot_be_used_is_refused_with_the_reason(directory):
    (directory / "file").write_text("")
    with pytest.raises(StackError, match="cannot be written"):
        Home.at(directory / "file" / "home")
    with pytest.raises(StackError, match="characters"):
        Home.at(directory / "a ;b")


def test_the_state_is_kept_until_it_is_forgotten(home):
    assert state_of(home) is None
    STATE.save(home)
    assert state_of(home) == STATE
    STATE.completed().save(home)
    assert state_of(home).complete
    forget(home)
    assert state_of(home) is None


def test_a_state_of_another_version_is_no_state(home):
    home.state_file.write_text('{"ports": {}}')
    assert state_of(home) is None


def test_a_second_launcher_waits_for_the_first(home):
    said, order = [], []

    def second():
        with held(home.lock_file, waiting=said.append):
            order.append("second")

    with held(home.lock_file, waiting=said.append):
        other = threading.Thread(target=second)
        other.start()
        other.join(0.5)
        order.append("first")
    other.join(5)
    assert order == ["first", "second"]
    assert said == ["Another launcher works on this home; waiting for it."]


def test_a_launcher_that_waits_too_long_gives_up(home):
    with (
        held(home.lock_file, waiting=print),
        pytest.raises(StackError, match="too long"),
        held(home.lock_file, waiting=lambda _said: None, wait_seconds=0.2),
    ):
        pass


def test_a_killed_launcher_frees_the_lock(home):
    code = (
        "import sys, time; from pathlib import Path; from stack.lock import held\n"
        "with held(Path(sys.argv[1]), print): print('has it', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code, home.lock_file], stdout=subprocess.PIPE) as launcher:
        assert launcher.stdout.readline() == b"has it\n"
        launcher.kill()
        launcher.wait()
        with held(home.lock_file, waiting=print, wait_seconds=1):
            pass
