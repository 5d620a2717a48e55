"""What dies comes back, and after `down` nothing is left: with real processes."""

import os
import signal
import sys
import time
from collections.abc import Callable

import httpx
import psutil

from stack.credentials import credentials_of
from stack.down import bring_down
from stack.files import read_json
from stack.home import Home
from stack.leftovers import of_stack, recorded_leader
from stack.parts import LOOPBACK
from stack.ports import free_port
from stack.programs import GUARD
from stack.spec import ProgramSpec
from stack.supervision import NAME as SUPERVISOR
from stack.supervision import running_control

SERVER = """
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server
WSGIRequestHandler.log_message = lambda *_: None
def ok(environ, start_response):
    start_response("200 OK", [("Content-Length", "2")])
    return [b"OK"]
make_server("127.0.0.1", int(sys.argv[1]), ok).serve_forever()
"""

# A leader with a child, each of which says when it is asked to end; the child works on until its input ends.
LEADER = """
import signal, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE)
def finish(*_):
    print("leader was asked", flush=True)
    child.communicate()
    sys.exit(0)
signal.signal(signal.SIGTERM, finish)
child.wait()
"""
CHILD = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: print("child was asked", flush=True))
print("child is ready", flush=True)
sys.stdin.read()
print("child finished its work", flush=True)
"""


def web(name: str, port: int) -> ProgramSpec:
    """Return a server that says OK and writes nothing: an orphan's log is a broken pipe."""
    return ProgramSpec(name, (sys.executable, "-c", SERVER, str(port)))


def guard(home: Home) -> ProgramSpec:
    return ProgramSpec(GUARD, (sys.executable, "-m", "stack.guard", str(home.root)))


def eventually(holds: Callable[[], object], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://{LOOPBACK}:{port}/", timeout=1, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def pid_of(home: Home, name: str) -> int:
    leader = recorded_leader(home.run, name)
    return leader.pid if leader else 0


def kill(home: Home, name: str) -> int:
    pid = pid_of(home, name)
    os.kill(pid, signal.SIGKILL)
    return pid


def is_back(home: Home, name: str, old: int) -> bool:
    return pid_of(home, name) != old and psutil.pid_exists(pid_of(home, name))


def test_a_program_comes_back_however_often_it_is_killed(home, supervise):
    port = free_port()
    control = supervise(web("web", port))
    for _ in range(3):  # also while it is still young
        assert eventually(lambda: answers(port))
        kill(home, "web")
    assert eventually(lambda: answers(port))
    assert control.states()["web"].state in ("STARTING", "RUNNING")


def test_a_killed_supervisor_is_replaced_and_takes_over_what_it_had(home, supervise):
    port = free_port()
    supervise(web("web", port), guard(home))
    assert eventually(lambda: answers(port))
    web_before, old = pid_of(home, "web"), kill(home, SUPERVISOR)
    assert eventually(lambda: is_back(home, SUPERVISOR, old))
    assert eventually(lambda: is_back(home, "web", web_before) and answers(port))
    assert web_before not in [process.pid for process in of_stack(home.run)]
    assert eventually(lambda: running_control(home).states()[GUARD].is_running)


def test_a_killed_guard_comes_back(home, supervise):
    supervise(guard(home))
    assert eventually(lambda: pid_of(home, GUARD))
    old = kill(home, GUARD)
    assert eventually(lambda: is_back(home, GUARD, old))


def test_down_leaves_no_process(home, supervise):
    port = free_port()
    supervise(web("web", port), guard(home))
    assert eventually(lambda: answers(port))
    assert bring_down(home)
    assert of_stack(home.run) == []
    assert not answers(port)
    assert not bring_down(home), "a second time there is nothing to end"


def test_down_leaves_no_process_after_supervisor_and_guard_were_killed(home, supervise):
    port = free_port()
    supervise(web("web", port), guard(home))
    assert eventually(lambda: answers(port) and pid_of(home, GUARD))
    os.kill(pid_of(home, SUPERVISOR), signal.SIGKILL)
    os.kill(pid_of(home, GUARD), signal.SIGKILL)
    assert answers(port), "an orphan goes on serving"
    bring_down(home)
    assert of_stack(home.run) == []
    assert not answers(port)


def test_a_program_that_ends_its_children_itself_is_asked_alone(home, supervise):
    control = supervise(ProgramSpec("leader", (sys.executable, "-c", LEADER, CHILD), stop_whole_group=False))
    log = home.log("leader")
    assert eventually(lambda: "child is ready" in log.read_text())
    control.stop("leader")
    assert eventually(lambda: control.states()["leader"].state == "STOPPED")
    assert log.read_text().splitlines()[1:] == ["leader was asked", "child finished its work"]


def test_nothing_comes_back_after_down_when_the_supervisor_was_killed_just_before(home, supervise):
    port = free_port()
    supervise(web("web", port), guard(home))
    assert eventually(lambda: answers(port) and pid_of(home, GUARD))
    kill(home, SUPERVISOR)
    bring_down(home)
    time.sleep(1.5)
    assert of_stack(home.run) == []


def test_two_homes_do_not_disturb_each_other(home, supervise, directory):
    port, other = free_port(), Home.at(directory / "other")
    supervise(web("web", port))
    assert eventually(lambda: answers(port))
    bring_down(other)
    assert answers(port)


def test_what_a_program_says_is_in_its_log(home, supervise):
    code = "print('said aloud', flush=True); import time; time.sleep(600)"
    supervise(ProgramSpec("speaker", (sys.executable, "-c", code)))
    assert eventually(lambda: "said aloud" in home.log("speaker").read_text())


def test_a_program_that_cannot_start_is_tried_again_and_never_given_up(home, supervise):
    control = supervise(ProgramSpec("broken", (sys.executable, "-c", "raise SystemExit('no good')")))
    assert eventually(lambda: "no good" in home.log("broken").read_text())
    assert eventually(lambda: control.states()["broken"].state == "BACKOFF")


def test_the_control_interface_is_closed_without_the_password(home, supervise):
    supervise(guard(home))
    port = read_json(home.state_file)["control_port"]
    assert httpx.get(f"http://{LOOPBACK}:{port}/", trust_env=False).status_code == 401
    with_password = ("stack", credentials_of(home).supervisor)
    assert httpx.get(f"http://{LOOPBACK}:{port}/", auth=with_password, trust_env=False).status_code == 200
    assert (home.run / "supervisord.conf").stat().st_mode & 0o777 == 0o600
