"""What a container may do: its part, and nothing else."""

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytestmark = [pytest.mark.containers]

EVERY = (
    *("simulator", "ml-model", "ml-model-worker", "tracking", "monitoring", "predictor", "predictor-worker"),
    *("predictor-beat", "mlflow", "postgres", "redis-queue", "redis-cache"),
)
OURS = tuple(name for name in EVERY if name not in ("postgres", "redis-queue", "redis-cache"))
VISITS = """
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor
def visit(place):
    try:
        socket.create_connection(place, timeout=3).close()
    except OSError as fault:
        return type(fault).__name__
    return "reached"
with ThreadPoolExecutor(8) as pool:
    print(json.dumps(list(pool.map(visit, map(tuple, json.loads(sys.argv[1]))))))
"""
# Whom a service has no business with.
STRANGERS = {
    "simulator": (("redis-queue", 6379), ("redis-cache", 6379), ("mlflow.inner", 5000)),
    "monitoring": (("redis-queue", 6379), ("mlflow.inner", 5000)),
    "mlflow": (("redis-queue", 6379), ("simulator", 5004)),
    "tracking": (("redis-queue", 6379),),
}
WRITE = """
import os, sys
places = ["/", "/opt", "/opt/code", "/usr", "/etc", "/home", "/var/tmp", "/run"]
print([place for place in places if os.access(place, os.W_OK)])
"""
STATEMENTS = """
import json, sys, psycopg2
connection = psycopg2.connect(open("/run/secrets/" + sys.argv[1]).read().strip())
connection.autocommit = True
done = []
for statement in json.loads(sys.argv[2]):
    try:
        connection.cursor().execute(statement)
        done.append(statement)
    except psycopg2.errors.InsufficientPrivilege:
        pass
print(json.dumps(done))
"""
# A few for each; stack/tests/test_roles.py has them all.
REFUSED = {
    "simulator": ("DELETE FROM predictions", "SELECT 1 FROM ml_model.requests"),
    "ml-model": (
        "DELETE FROM datasets",
        "DELETE FROM ml_model.requests",
        "SELECT 1 FROM predictor.training_jobs",
    ),
    "ml-model-worker": ("UPDATE ml_model.alembic_version SET version_num = 'none'",),
    "tracking": ("DELETE FROM datasets", "SELECT 1 FROM ml_model.requests"),
    "monitoring": ("DELETE FROM predictions", "SELECT 1 FROM ml_model.trained_models"),
    "predictor": ("SELECT 1 FROM samples", "COPY (SELECT 1) TO PROGRAM 'cat'"),
    "predictor-worker": ("DELETE FROM predictor.predictions",),
}


@pytest.mark.parametrize("service", EVERY)
def test_a_container_is_no_root_and_keeps_no_rights(containers, service):
    for found in containers.inspected(service):
        assert found["Config"]["User"].split(":")[0] not in ("", "0", "root")
        host = found["HostConfig"]
        assert host["ReadonlyRootfs"]
        assert host["CapDrop"] == ["ALL"]
        assert not host["CapAdd"]
        assert "no-new-privileges:true" in host["SecurityOpt"]
        assert host["Memory"] > 0
        assert host["NanoCpus"] > 0
        assert host["PidsLimit"] > 0
        assert host["Init"]
        assert not host["Privileged"]
        for ports in (host["PortBindings"] or {}).values():
            assert {port["HostIp"] for port in ports} == {"127.0.0.1"}


@pytest.mark.parametrize("service", OURS)
def test_a_program_writes_into_its_volume_and_its_temporary_folder_only(containers, service):
    assert containers.execute(service, WRITE).stdout.strip() == "[]"
    sources = {
        mount["Destination"]
        for found in containers.inspected(service)
        for mount in found["Mounts"]
        if mount["RW"]
    }
    assert sources <= {"/state"}


@pytest.fixture(scope="module")
def outside(containers) -> tuple[str, int] | None:
    """An address beyond this machine that a container of an ordinary network reaches, if there is any."""
    servers = re.findall(r"^nameserver (\d+\.\S+)", Path("/etc/resolv.conf").read_text(), re.MULTILINE)
    image = containers.inspected("simulator")[0]["Image"]
    for server in servers:
        places = json.dumps([(server, 53)])
        visit = ["docker", "run", "--rm", "--network", "bridge", image, "python", "-c", VISITS, places]
        said = subprocess.run(visit, check=True, capture_output=True, text=True)
        if json.loads(said.stdout) == ["reached"]:
            return server, 53
    return None


@pytest.fixture(scope="module")
def visits(containers, outside) -> dict:
    """What each service is told where it tries to reach strangers, and the world; all of them at once."""
    places = {service: [*STRANGERS.get(service, ()), *([outside] if outside else [])] for service in OURS}
    with ThreadPoolExecutor(len(places)) as pool:
        told = pool.map(lambda name: containers.execute(name, VISITS, json.dumps(places[name])), places)
        answers = [json.loads(said.stdout) for said in told]
    return {
        service: dict(zip(map(tuple, places[service]), answer, strict=True))
        for service, answer in zip(places, answers, strict=True)
    }


@pytest.mark.parametrize("service", OURS)
def test_no_program_reaches_the_world_outside(visits, outside, service):
    if outside is None:
        pytest.skip("no address beyond this machine is reached by an ordinary container either")
    assert visits[service][outside] in ("OSError", "TimeoutError")


@pytest.mark.parametrize("service", STRANGERS)
def test_a_service_does_not_reach_what_it_does_not_need(visits, service):
    for place in STRANGERS[service]:
        assert visits[service][place] in ("gaierror", "TimeoutError"), place


@pytest.mark.parametrize("service", REFUSED)
def test_a_role_may_do_its_part_only(containers, service):
    said = containers.execute(service, STATEMENTS, "dataset_database_url", json.dumps(REFUSED[service]))
    assert json.loads(said.stdout) == [], said.stderr


def test_tracking_only_reads_in_the_database_of_mlflow(containers):
    tried = ("DELETE FROM runs", "SELECT 1 FROM registered_models", "SELECT 1 FROM runs")
    said = containers.execute("tracking", STATEMENTS, "mlflow_database_url", json.dumps(tried))
    assert json.loads(said.stdout) == ["SELECT 1 FROM runs"], said.stderr


def test_no_secret_stands_in_an_environment_or_a_command_line(containers):
    secrets = [path.read_text().strip() for path in containers.compose.secrets.iterdir()]
    passwords = [text.rpartition("@")[0].rpartition(":")[2] if "@" in text else text for text in secrets]
    for service in EVERY:
        for found in containers.inspected(service):
            told = " ".join([*found["Config"]["Env"], *found["Config"]["Cmd"], *(found["Args"])])
            assert not [password for password in passwords if password in told], service
