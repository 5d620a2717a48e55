"""Roles and databases are made once, whatever an earlier launcher left half done."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from stack.postgres import EmbeddedPostgres
from stack.provision import Server, provision
from stack.roles import DATABASES, ROLES, database_of

PASSWORDS = {role: f"password of {role}" for role in ROLES}
KILLED_LAUNCHER = """
import sys
from stack.provision import Server, provision
from stack.roles import ROLES
print("begun", flush=True)
provision(Server("127.0.0.1", int(sys.argv[1]), sys.argv[2]), dict.fromkeys(ROLES, "another"))
"""


@pytest.fixture
def server(directory):
    with EmbeddedPostgres(directory, settings={"fsync": "off"}) as running:
        yield running


def apply(server):
    provision(Server("127.0.0.1", server.port, server.password), PASSWORDS)


def connect(server, role, database):
    return psycopg2.connect(
        host="127.0.0.1", port=server.port, user=role, password=PASSWORDS[role], dbname=database
    )


def opens(server, role):
    connect(server, role, database_of(role)).close()
    return True


def test_each_role_enters_its_own_database_and_no_other(server):
    apply(server)
    for role in ROLES:
        assert opens(server, role)
    elsewhere = {database.name for database in DATABASES} | {"postgres", "template1"}
    for role in ROLES:
        for database in elsewhere - {database_of(role)}:
            with pytest.raises(psycopg2.OperationalError, match="permission denied"):
                connect(server, role, database)


@pytest.mark.parametrize("guest", [role for database in DATABASES for role in database.guests])
def test_a_guest_makes_no_tables(server, guest):
    apply(server)
    connection = connect(server, guest, database_of(guest))
    with connection, connection.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("CREATE TABLE mine (number integer)")
    connection.close()


def test_a_server_of_before_gains_the_database_that_it_lacks(server):
    apply(server)
    server.drop_database("workload")
    apply(server)
    assert opens(server, "workload")


def test_several_at_once_and_again_change_nothing(server):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: apply(server), range(8)))
    assert opens(server, "mlflow")


@pytest.mark.parametrize("pause", [0.0, 0.02, 0.05, 0.1])
def test_what_a_killed_launcher_began_is_waited_for(server, pause):
    launcher = subprocess.Popen(
        [sys.executable, "-c", KILLED_LAUNCHER, str(server.port), server.password], stdout=subprocess.PIPE
    )
    assert launcher.stdout.readline() == b"begun\n"
    time.sleep(pause)
    launcher.kill()
    launcher.communicate()
    apply(server)
    assert opens(server, "datasets")
    assert opens(server, "mlflow")
