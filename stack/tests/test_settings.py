"""Ports and addresses come from the offset and the environment, and wrong ones are named."""

from urllib.parse import urlsplit

import pytest

from stack.addresses import addresses
from stack.credentials import Credentials
from stack.environment import base_environment
from stack.errors import StackError
from stack.programs import Servers, programs_of
from stack.roles import ROLES
from stack.settings import DatabaseAddresses, QueueAddresses, settings_from

CREDENTIALS = Credentials("p", redis="r", supervisor="s", roles={role: f"of-{role}" for role in ROLES})
SERVERS = {"DATASET_DATABASE_URL": "postgresql://a@db/one", "MLFLOW_DATABASE_URL": "postgresql://a@db/two"}
BROKER, BACKEND = "redis://:secret@queue:6379/3", "redis://:secret@queue:6379/4"
WORKLOAD = "PREDICTOR_WORKLOAD_DATABASE_URL"
OF_THE_PREDICTOR = {
    *("DATASET_DATABASE_URL", "CELERY_BROKER", "CELERY_BACKEND"),
    *(WORKLOAD, "PREDICTOR_STATE_DIRECTORY", "PREDICTOR_JOURNAL_DIRECTORY"),
}


def known(home, environment):
    return addresses(settings_from(home, 0, environment), CREDENTIALS)


def programs(home, environment):
    settings = settings_from(home, 0, environment)
    return {p.name: p for p in programs_of(settings, addresses(settings, CREDENTIALS), Servers())}


def test_the_ports_are_those_of_the_contract(home):
    ports = settings_from(home, 0, {}).ports
    assert (ports["simulator"], ports["ml-model"], ports["tracking"]) == (5004, 5001, 5002)
    assert (ports["monitoring"], ports["mlflow"], ports["predictor"]) == (5003, 5000, 8081)


def test_an_offset_moves_every_port(home):
    plain, moved = settings_from(home, 0, {}).ports, settings_from(home, 100, {}).ports
    assert moved == {name: port + 100 for name, port in plain.items()}
    assert {"postgres", "redis"} <= moved.keys()


def test_the_environment_sets_one_port(home):
    settings = settings_from(home, 100, {"ML_MODEL_PORT": "6001", "REDIS_PORT": "6400"})
    assert settings.urls["ml-model"] == "http://127.0.0.1:6001"
    assert settings.ports["redis"] == 6400
    assert settings.ports["simulator"] == 5104


@pytest.mark.parametrize("wrong", ["0", "65536", "-1", "http", "5001.5"])
def test_a_port_that_is_none_is_named(home, wrong):
    with pytest.raises(StackError, match="SIMULATOR_PORT"):
        settings_from(home, 0, {"SIMULATOR_PORT": wrong})


def test_two_parts_cannot_have_the_same_port(home):
    with pytest.raises(StackError, match="simulator and ml-model"):
        settings_from(home, 0, {"SIMULATOR_PORT": "5001"})


def test_servers_that_run_already_are_used_and_no_server_is_started(home):
    assert known(home, SERVERS).databases == DatabaseAddresses(*SERVERS.values())
    assert "postgres" not in settings_from(home, 0, SERVERS).ports
    assert "postgres" not in programs(home, SERVERS)


def test_one_server_address_without_the_other_is_refused(home):
    with pytest.raises(StackError, match="MLFLOW_DATABASE_URL"):
        settings_from(home, 0, {"DATASET_DATABASE_URL": "postgresql://a@db/one"})


def test_the_workload_has_a_database_of_its_own_on_the_own_server(home):
    databases = known(home, {}).databases
    assert databases.workload == "postgresql://workload:of-workload@127.0.0.1:15432/workload"
    assert databases.datasets == "postgresql://datasets:of-datasets@127.0.0.1:15432/datasets"


def test_the_workload_database_can_be_elsewhere_with_own_and_with_other_servers(home):
    elsewhere = {WORKLOAD: "postgresql://a@db/three"}
    assert known(home, elsewhere).databases.workload == "postgresql://a@db/three"
    assert known(home, elsewhere).databases.datasets.endswith("@127.0.0.1:15432/datasets")
    assert known(home, SERVERS | elsewhere).databases.workload == "postgresql://a@db/three"


def test_each_service_enters_as_a_role_of_its_own_and_reads_mlflow_as_a_reader(home):
    made = programs(home, {})
    for name in ("simulator", "ml-model", "tracking", "monitoring", "predictor"):
        role = name.replace("-", "_")
        address = urlsplit(made[name].environment["DATASET_DATABASE_URL"])
        assert (address.username, address.password) == (role, f"of-{role}")
    assert made["ml-model-worker"].environment["DATASET_DATABASE_URL"].startswith("postgresql://ml_model:")
    assert made["predictor-beat"].environment["DATASET_DATABASE_URL"].startswith("postgresql://predictor:")
    assert urlsplit(made["tracking"].environment["MLFLOW_DATABASE_URL"]).username == "mlflow_reader"
    assert urlsplit(made["mlflow"].environment["MLFLOW_BACKEND_STORE_URI"]).username == "mlflow"


def test_broker_and_results_are_two_databases_of_the_own_redis(home):
    queue = known(home, {}).queue
    assert queue == QueueAddresses("redis://:r@127.0.0.1:16379/0", "redis://:r@127.0.0.1:16379/1")


def test_a_generated_password_stands_in_an_address_as_it_is(home):
    from stack.credentials import credentials_of

    made = credentials_of(home)
    queue = addresses(settings_from(home, 0, {}), made).queue
    assert urlsplit(queue.broker).password == made.redis


def test_a_redis_that_runs_already_is_used_and_none_is_started(home):
    environment = {"CELERY_BROKER": BROKER, "CELERY_BACKEND": BACKEND}
    assert known(home, environment).queue == QueueAddresses(BROKER, BACKEND)
    assert "redis" not in settings_from(home, 0, environment).ports
    assert "redis" not in programs(home, environment)


def test_a_redis_that_runs_already_keeps_the_results_too_unless_told_otherwise(home):
    assert known(home, {"CELERY_BROKER": BROKER}).queue == QueueAddresses(BROKER, BROKER)


@pytest.mark.parametrize(
    ("environment", "missing"),
    [
        ({"CELERY_BACKEND": BACKEND}, "CELERY_BROKER"),
        ({"CELERY_BROKER": "amqp://a@queue//"}, "CELERY_BACKEND"),
    ],
)
def test_half_of_the_addresses_of_a_queue_is_refused(home, environment, missing):
    with pytest.raises(StackError, match=f"set {missing}"):
        settings_from(home, 0, environment)


def test_each_service_is_told_only_the_addresses_that_it_needs(home, monkeypatch):
    for name in ("MLFLOW_DATABASE_URL", "CELERY_BROKER", WORKLOAD):
        monkeypatch.setenv(name, "postgresql://from:outside@db/two")
    told = programs(home, SERVERS)
    assert "MLFLOW_DATABASE_URL" in told["tracking"].environment
    assert "MLFLOW_DATABASE_URL" not in told["ml-model"].environment
    assert "CELERY_BROKER" not in told["simulator"].environment
    assert not {"MLFLOW_DATABASE_URL", "CELERY_BROKER", WORKLOAD} & base_environment().keys()
    assert told["ml-model"].environment["ML_MODEL_HOST"] == "127.0.0.1"


def test_the_predictor_its_worker_and_its_scheduler_are_told_the_same(home):
    told = programs(home, {})
    shared = [
        {name: told[program].environment[name] for name in OF_THE_PREDICTOR}
        for program in ("predictor", "predictor-worker", "predictor-beat")
    ]
    assert shared[0] == shared[1] == shared[2]
    assert shared[0]["PREDICTOR_STATE_DIRECTORY"] == str(home.run / "predictor")
    assert shared[0]["PREDICTOR_JOURNAL_DIRECTORY"] == str(home.journals / "predictor")


def test_ml_model_and_its_worker_are_told_the_same(home):
    names = ("DATASET_DATABASE_URL", "CELERY_BROKER", "CELERY_BACKEND", "ML_MODEL_JOURNAL_DIRECTORY")
    told = programs(home, {})
    service, worker = (told[program].environment for program in ("ml-model", "ml-model-worker"))
    assert {name: service[name] for name in names} == {name: worker[name] for name in names}
    assert service["ML_MODEL_JOURNAL_DIRECTORY"] == str(home.journals / "ml-model")


def test_a_worker_is_asked_alone_to_end_and_gets_the_time_for_it(home):
    worker = programs(home, {})["predictor-worker"]
    assert worker.command[1:] == ("-P", "-m", "predictor.worker")
    assert (worker.stop_signal, worker.stop_seconds, worker.stop_whole_group) == ("TERM", 30.0, False)


def test_workers_stand_back_behind_what_answers_requests(home):
    told = programs(home, {})
    assert told["predictor-worker"].niceness == told["predictor-beat"].niceness > told["predictor"].niceness


def test_peers_are_never_reached_through_a_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "internal.example")
    assert base_environment()["NO_PROXY"] == "internal.example,127.0.0.1,localhost"


def test_no_part_phones_home():
    environment = base_environment()
    assert environment["MLFLOW_DISABLE_TELEMETRY"] == environment["DO_NOT_TRACK"] == "true"
