"""The commands, with every real program: up, recognised, killed, side by side, down."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import httpx
import psutil
import pytest
from guide_requests import load
from running_stack import (
    BACK_SECONDS,
    DOWN_SECONDS,
    UP_SECONDS,
    RunningStack,
    free_offset,
    new_home,
    typed_environment,
)

from servicekit.tls import client_context
from stack.files import read_json
from stack.home import Home
from stack.leftovers import of_stack, recorded_leader
from stack.parts import PARTS
from stack.place import SYSTEM_DIRECTORY
from stack.ports import is_free

pytestmark = pytest.mark.end_to_end

SETS = "/root/simulator/datasets"
# A shell's background jobs ignore Ctrl-C, and so do their children; what a terminal starts does not.
LISTEN_TO_INTERRUPT = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Launcher:
    """One home and the commands on it, each in a process of its own."""

    def __init__(self, home, offset):
        self.home, self.offset = home, offset

    def command(self, *arguments):
        own = ["--home", str(self.home.root), "--port-offset", str(self.offset), "--mode", "local"]
        return [sys.executable, "-P", "-m", "stack", *arguments, *own]

    def run(self, *arguments):
        return subprocess.run(
            self.command(*arguments),
            check=False,
            capture_output=True,
            text=True,
            timeout=UP_SECONDS,
            stdin=subprocess.DEVNULL,
            env=typed_environment(),
        )

    def begin(self, *arguments):
        command = [sys.executable, "-c", LISTEN_TO_INTERRUPT, *self.command(*arguments)]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=typed_environment()
        )

    def not_ready(self):
        urls = read_json(self.home.state_file)["urls"]
        return [part.name for part in PARTS if not answers(urls[part.name] + part.ready_path)]

    def pid(self, name):
        return recorded_leader(self.home.run, name).pid

    def pids(self):
        return {path.stem: self.pid(path.stem) for path in self.home.run.glob("*.pid")}


def answers(url):
    try:
        return httpx.get(url, timeout=5, trust_env=False, verify=client_context()).is_success
    except httpx.HTTPError:
        return False


def eventually(holds, seconds=BACK_SECONDS):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.2)
    return False


@pytest.fixture(scope="module")
def first(stack):
    """The commands on the stack that the other files use, too."""
    return Launcher(Home.at(stack.home), stack.offset)


@pytest.fixture
def other():
    """The commands on a home of one's own; whatever is started there is ended."""
    running = RunningStack(new_home(), free_offset())
    launcher = Launcher(Home.at(running.home), running.offset)
    try:
        yield launcher
    finally:
        launcher.run("down")
        shutil.rmtree(SYSTEM_DIRECTORY / launcher.home.short_hash, ignore_errors=True)
        shutil.rmtree(running.home, ignore_errors=True)


def test_up_returns_when_everything_is_ready(first):
    assert first.not_ready() == []
    assert first.run("status").returncode == 0


def test_urls_are_the_addresses_that_answer(first):
    urls = json.loads(first.run("urls", "--json").stdout)
    assert set(urls) == {part.name for part in PARTS}
    assert answers(urls["simulator"] + "/health")


def test_status_and_logs_show_every_program(first):
    programs = {"postgres", "redis", "ml-model-worker", "predictor-worker", "predictor-beat", "guard"}
    programs |= {part.name for part in PARTS}
    assert {line.split()[0] for line in first.run("status").stdout.splitlines()[1:]} == programs
    assert eventually(lambda: "worker ready" in first.run("logs", "predictor-worker").stdout)


def test_a_workload_runs_in_the_terminal_on_a_database_of_its_own(first):
    finished = first.run("workload", "--executions", "100")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "100" in finished.stdout


def test_a_second_up_recognises_the_first(first):
    before = first.pids()
    finished = first.run("up")
    assert finished.returncode == 0
    assert "runs already" in finished.stdout
    assert first.pids() == before


def test_nothing_runs_as_root_that_must_not_and_nothing_listens_elsewhere(first):
    mine = {process.pid for process in of_stack(first.home.run)}
    listening = [row for row in psutil.net_connections("tcp") if row.status == "LISTEN" and row.pid in mine]
    assert {row.laddr.ip for row in listening} == {"127.0.0.1"}
    assert psutil.Process(first.pid("postgres")).uids().real != 0
    assert os.geteuid() != 0 or psutil.Process(first.pid("redis")).uids().real != 0


def test_secrets_stand_in_no_command_line_and_no_open_file(first):
    secrets = json.loads(first.home.secrets_file.read_text()).values()
    for process in of_stack(first.home.run):
        assert not any(secret in part for secret in secrets for part in process.cmdline())
    files = [path for path in first.home.root.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    for path in files:
        if path.is_relative_to(first.home.postgres):
            continue
        assert not any(secret in path.read_text(errors="replace") for secret in secrets), path


def test_a_taken_port_is_said_at_once_and_leaves_nothing(first, other):
    other.offset = first.offset
    started = time.monotonic()
    finished = other.run("up")
    assert finished.returncode == 1
    assert time.monotonic() - started < 60, "it did not wait for anything to become ready"
    assert f"(process {first.pid('simulator')}," in finished.stderr.replace("\n", " ")
    assert "--port-offset" in finished.stderr
    assert of_stack(other.home.run) == []


WORKERS = ["ml-model-worker", "predictor-worker", "predictor-beat"]
# The others are killed in the middle of the guide, in tests/end_to_end/test_faults.py.
PROGRAMS = ["ml-model-worker", "guard"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_killed_program_comes_back(first, name):
    before = first.pids()
    os.kill(before[name], signal.SIGKILL)
    assert eventually(lambda: first.pid(name) != before[name])
    assert eventually(lambda: first.not_ready() == []), first.not_ready()
    assert eventually(lambda: first.run("status").returncode == 0)


def test_a_killed_worker_comes_back(first):
    master = psutil.Process(first.pid("simulator"))
    worker = master.children()[0]
    worker.kill()
    assert eventually(lambda: len(master.children()) == 2 and worker not in master.children())
    assert first.pid("simulator") == master.pid
    assert eventually(lambda: first.not_ready() == [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_up_leaves_no_process(other, number):
    launcher = other.begin("up")
    assert eventually((other.home.run / "postgres.pid").exists)
    time.sleep(1)
    launcher.send_signal(number)
    said = launcher.communicate(timeout=DOWN_SECONDS)[0].decode()
    assert launcher.returncode == 130, said
    assert of_stack(other.home.run) == []
    assert other.run("status").returncode == 3


def test_a_killed_launcher_two_at_once_and_side_by_side(stack, first, other):
    """Cheaper as one story: each `up` of a whole stack takes its seconds."""
    killed = other.begin("up")
    assert eventually((other.home.run / "postgres.pid").exists)
    killed.kill()
    killed.communicate()
    supervisor = other.pid("supervisord")

    both = [other.begin("up"), other.begin("up")]
    said = [launcher.communicate(timeout=UP_SECONDS)[0].decode() for launcher in both]
    assert [launcher.returncode for launcher in both] == [0, 0], said
    assert sum("waiting for it" in text for text in said) == 1
    assert other.pid("supervisord") == supervisor, "what the killed launcher left was taken over"
    assert other.not_ready() == first.not_ready() == [], "both stacks run side by side"

    beside = RunningStack(other.home.root, other.offset, read_json(other.home.state_file)["urls"])
    assert not set(stack.urls.values()) & set(beside.urls.values())
    load(stack, "training")
    before = stack.asked("simulator", "GET", SETS)
    assert beside.asked("simulator", "GET", SETS)["data"] == []
    load(beside, "testing")
    assert stack.asked("simulator", "GET", SETS) == before

    ports = read_json(other.home.state_file)["ports"]
    assert other.run("down").returncode == 0
    assert of_stack(other.home.run) == []
    assert all(is_free(port) for port in ports.values())
    assert first.not_ready() == [], "the other stack does not notice"
    assert stack.asked("simulator", "GET", SETS) == before
