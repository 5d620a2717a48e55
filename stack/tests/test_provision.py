"""Roles and databases are made once, whatever an earlier launcher left half done."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import psycopg2
import pytest

from stack.credentials import Credentials
from stack.postgres import EmbeddedPostgres
from stack.provision import provision

PASSWORDS = {"datasets": "first", "mlflow": "second", "workload": "fifth"}
KILLED_LAUNCHER = """
import sys
from stack.credentials import Credentials
from stack.provision import provision
print("begun", flush=True)
provision(int(sys.argv[1]), Credentials(sys.argv[2], "a", "b", "c", "d", "e"))
"""


@pytest.fixture
def server(directory):
    with EmbeddedPostgres(directory, settings={"fsync": "off"}) as running:
        yield running


def credentials(server):
    return Credentials(server.password, "first", "second", "third", "fourth", "fifth")


def opens(server, database, password):
    psycopg2.connect(
        host="127.0.0.1", port=server.port, user=database, password=password, dbname=database
    ).close()
    return True


def test_each_role_owns_a_database_that_is_closed_to_the_others(server):
    provision(server.port, credentials(server))
    for role, password in PASSWORDS.items():
        assert opens(server, role, password)
    for role, other in permutations(PASSWORDS, 2):
        with pytest.raises(psycopg2.OperationalError, match="permission denied"):
            psycopg2.connect(
                host="127.0.0.1", port=server.port, user=role, password=PASSWORDS[role], dbname=other
            )


def test_a_server_of_before_gains_the_database_that_it_lacks(server):
    provision(server.port, credentials(server))
    server.drop_database("workload")
    provision(server.port, credentials(server))
    assert opens(server, "workload", "fifth")


def test_several_at_once_and_again_change_nothing(server):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: provision(server.port, credentials(server)), range(8)))
    assert opens(server, "mlflow", "second")


@pytest.mark.parametrize("pause", [0.0, 0.02, 0.05, 0.1])
def test_what_a_killed_launcher_began_is_waited_for(server, pause):
    launcher = subprocess.Popen(
        [sys.executable, "-c", KILLED_LAUNCHER, str(server.port), server.password], stdout=subprocess.PIPE
    )
    assert launcher.stdout.readline() == b"begun\n"
    time.sleep(pause)
    launcher.kill()
    launcher.communicate()
    provision(server.port, credentials(server))
    assert opens(server, "datasets", "first")
    assert opens(server, "mlflow", "second")
