"""A taken port is said at once, with who has it."""

import os
import socket
import sys
import time

import psutil
import pytest

from stack.errors import StackError
from stack.leftovers import recorded_leader
from stack.parts import LOOPBACK
from stack.ports import free_port, holder, is_free
from stack.settings import settings_from
from stack.spec import ProgramSpec
from stack.up import refuse_taken_ports


@pytest.fixture
def taken():
    with socket.socket() as listening:
        listening.bind((LOOPBACK, 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_port_that_somebody_listens_on_is_not_free(taken):
    assert not is_free(taken)
    assert is_free(free_port())


def test_the_holder_is_named(taken):
    found = holder(taken)
    assert found.pid == os.getpid()
    assert psutil.Process().name() in str(found)
    assert holder(free_port()) is None


def test_the_master_is_named_rather_than_a_worker_and_so_is_its_stack(home, supervise):
    code = (
        "import os, socket, time; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()\n"
        "print(s.getsockname()[1], flush=True); os.fork(); time.sleep(600)"
    )
    supervise(ProgramSpec("forks", (sys.executable, "-c", code)))
    deadline = time.monotonic() + 10
    while not home.log("forks").read_text().strip() and time.monotonic() < deadline:
        time.sleep(0.05)
    found = holder(int(home.log("forks").read_text()))
    assert found.pid == recorded_leader(home.run, "forks").pid
    assert f"the stack of {home.root}" in str(found)


def test_a_port_of_a_closed_connection_can_be_used_again():
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((LOOPBACK, 0))
        server.listen()
        port = server.getsockname()[1]
        with socket.create_connection((LOOPBACK, port)):
            server.accept()[0].close()  # the server's side waits in TIME_WAIT
    assert is_free(port)


def test_the_message_names_port_part_holder_and_remedy(home, taken):
    settings = settings_from(home, 30_000, {"TRACKING_PORT": str(taken)})
    with pytest.raises(StackError) as caught:
        refuse_taken_ports(settings)
    message = str(caught.value)
    assert f"port {taken} (tracking) is taken by" in message
    assert str(os.getpid()) in message
    assert "--port-offset" in message
