"""Docker mode: which mode a command is for, the secrets, and what is passed on."""

import argparse
from urllib.parse import urlsplit

import pytest

from stack.arguments import parse
from stack.choice import chosen_mode
from stack.containers.compose import Compose, remembered_offset
from stack.containers.secret_files import make_secrets
from stack.containers.service_settings import service_settings, write_service_settings
from stack.errors import StackError
from stack.roles import ROLES, database_of
from stack.state import StackState


def options(*words: str) -> argparse.Namespace:
    return parse(words)


def runs_locally(home) -> None:
    StackState(0, {}, {}, 1, ()).save(home)


def test_what_runs_decides(home):
    runs_locally(home)
    for command in ("down", "status", "logs", "workload"):
        assert chosen_mode(options(command), home.root) == "local"


def test_a_stack_is_not_started_in_two_modes(home):
    runs_locally(home)
    with pytest.raises(StackError, match="runs already, in local mode"):
        chosen_mode(options("up", "--mode", "docker"), home.root)


def test_checks_and_locks_are_local_and_secrets_are_of_containers(home):
    assert chosen_mode(options("test"), home.root) == "local"
    assert chosen_mode(options("lock"), home.root) == "local"
    assert chosen_mode(options("secrets"), home.root) == "docker"


def test_a_home_remembers_its_containers_until_they_are_ended(home):
    compose = Compose(home, 300)
    assert remembered_offset(home.root) is None
    compose.remember()
    assert remembered_offset(home.root) == 300
    compose.forget()
    assert remembered_offset(home.root) is None


def test_ports_follow_the_offset_and_homes_have_projects_of_their_own(home, directory):
    from stack.home import Home

    compose, other = Compose(home, 300), Compose(Home.at(directory / "other"), 300)
    assert compose.environment()["ML_MODEL_PORT"] == "5301"
    assert compose.environment()["MLFLOW_PORT"] == "5300"
    assert compose.project != other.project


def test_secrets_are_made_once_and_only_the_owner_enters_their_folder(tmp_path):
    folder = tmp_path / "secrets"
    made = make_secrets(folder)
    values = {name: (folder / name).read_text() for name in made}
    assert len(set(values.values())) == len(made)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {(folder / name).stat().st_mode & 0o777 for name in made} == {0o444}

    (folder / "queue_url").unlink()
    assert make_secrets(folder) == ["queue_url"]
    kept = {name: (folder / name).read_text() for name in made if name != "queue_url"}
    assert kept.items() <= values.items()


def test_each_role_has_an_address_in_its_database(tmp_path):
    make_secrets(tmp_path)
    for role in ROLES:
        address = urlsplit((tmp_path / f"{role}_database_url").read_text().strip())
        assert (address.username, address.path) == (role, f"/{database_of(role)}")
        assert len(address.password) > 20


def test_settings_of_services_are_passed_on_but_not_where_things_are(tmp_path):
    told = {
        "PREDICTOR_SEED": "7",
        "DATABASE_POOL_SIZE": "3",
        "ML_MODEL_PORT": "1",
        "PREDICTOR_JOURNAL_DIRECTORY": "/elsewhere",
        "ML_MODEL_URL": "http://elsewhere",
        "HOME": "/root",
        "AWS_SECRET": "no",
    }
    assert service_settings(told) == {"DATABASE_POOL_SIZE": "3", "PREDICTOR_SEED": "7"}
    file = write_service_settings(tmp_path, told)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == "DATABASE_POOL_SIZE='3'\nPREDICTOR_SEED='7'\n"
