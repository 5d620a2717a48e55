"""Ports and addresses come from the offset and the environment, and wrong ones are named."""

import pytest

from stack.credentials import Credentials
from stack.errors import StackError
from stack.programs import addresses, base_environment, programs_of
from stack.settings import DatabaseAddresses, settings_from

CREDENTIALS = Credentials("p", "d", "m", "s")
SERVERS = {"DATASET_DATABASE_URL": "postgresql://a@db/one", "MLFLOW_DATABASE_URL": "postgresql://a@db/two"}


def test_the_ports_are_those_of_the_contract(home):
    ports = settings_from(home, 0, {}).ports
    assert (ports["simulator"], ports["ml-model"], ports["tracking"]) == (5004, 5001, 5002)
    assert (ports["monitoring"], ports["mlflow"]) == (5003, 5000)


def test_an_offset_moves_every_port(home):
    plain, moved = settings_from(home, 0, {}).ports, settings_from(home, 100, {}).ports
    assert moved == {name: port + 100 for name, port in plain.items()}


def test_the_environment_sets_one_port(home):
    settings = settings_from(home, 100, {"ML_MODEL_PORT": "6001"})
    assert settings.urls["ml-model"] == "http://127.0.0.1:6001"
    assert settings.ports["simulator"] == 5104


@pytest.mark.parametrize("wrong", ["0", "65536", "-1", "http", "5001.5"])
def test_a_port_that_is_none_is_named(home, wrong):
    with pytest.raises(StackError, match="SIMULATOR_PORT"):
        settings_from(home, 0, {"SIMULATOR_PORT": wrong})


def test_two_parts_cannot_have_the_same_port(home):
    with pytest.raises(StackError, match="simulator and ml-model"):
        settings_from(home, 0, {"SIMULATOR_PORT": "5001"})


def test_servers_that_run_already_are_used_and_no_server_is_started(home):
    settings = settings_from(home, 0, SERVERS)
    databases = addresses(settings, CREDENTIALS)
    assert databases == DatabaseAddresses(*SERVERS.values())
    assert "postgres" not in settings.ports
    assert "postgres" not in [program.name for program in programs_of(settings, databases, None)]


def test_one_server_address_without_the_other_is_refused(home):
    with pytest.raises(StackError, match="MLFLOW_DATABASE_URL"):
        settings_from(home, 0, {"DATASET_DATABASE_URL": "postgresql://a@db/one"})


def test_each_service_is_told_only_the_addresses_that_it_needs(home, monkeypatch):
    monkeypatch.setenv("MLFLOW_DATABASE_URL", "postgresql://from:outside@db/two")
    settings = settings_from(home, 0, SERVERS)
    programs = {p.name: p for p in programs_of(settings, addresses(settings, CREDENTIALS), None)}
    assert "MLFLOW_DATABASE_URL" in programs["tracking"].environment
    assert "MLFLOW_DATABASE_URL" not in programs["ml-model"].environment
    assert "MLFLOW_DATABASE_URL" not in base_environment()
    assert programs["ml-model"].environment["ML_MODEL_HOST"] == "127.0.0.1"


def test_peers_are_never_reached_through_a_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "internal.example")
    assert base_environment()["NO_PROXY"] == "internal.example,127.0.0.1,localhost"


def test_no_part_phones_home():
    environment = base_environment()
    assert environment["MLFLOW_DISABLE_TELEMETRY"] == environment["DO_NOT_TRACK"] == "true"
