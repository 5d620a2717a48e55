"""A program's wrapper ends what its predecessor left, and nothing else."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from stack.identity import identity
from stack.leftovers import PROGRAM_VARIABLE, end, marker, of_program, of_stack, recorded_leader
from stack.spec import ProgramSpec

SLEEP = (sys.executable, "-c", "import time; time.sleep(600)")
# a leader with a child, as a server with its workers
FAMILY = (sys.executable, "-c", f"import subprocess; subprocess.run({list(SLEEP)!r})")
DEAF = (sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)")

Spawn = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    started: list[subprocess.Popen[bytes]] = []

    def start(command: tuple[str, ...], **options: object) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(command, start_new_session=True, **options)  # type: ignore[call-overload]
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def wrapped(spawn: Spawn, run: Path, spec: ProgramSpec) -> "subprocess.Popen[bytes]":
    spec.write(run)
    process = spawn((sys.executable, "-m", "stack.child", str(run), spec.name))
    wait_until(lambda: (leader := recorded_leader(run, spec.name)) and leader.pid == process.pid)
    return process


def wait_until(holds: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "this did not happen in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_workers_of_a_killed_leader_are_ended_before_the_program_starts_again(tmp_path, spawn):
    first = wrapped(spawn, tmp_path, ProgramSpec("family", FAMILY))
    wait_until(lambda: psutil.Process(first.pid).children())
    worker = psutil.Process(first.pid).children()[0].pid
    first.kill()
    first.wait()
    assert alive(worker)
    second = wrapped(spawn, tmp_path, ProgramSpec("family", FAMILY))
    wait_until(lambda: not alive(worker))
    assert alive(second.pid)


def test_a_leader_that_still_runs_is_replaced_with_its_whole_group(tmp_path, spawn):
    first = wrapped(spawn, tmp_path, ProgramSpec("family", FAMILY))
    wait_until(lambda: psutil.Process(first.pid).children())
    worker = psutil.Process(first.pid).children()[0].pid
    wrapped(spawn, tmp_path, ProgramSpec("family", FAMILY))
    assert not alive(first.pid)
    assert not alive(worker)


def test_who_does_not_listen_is_killed(tmp_path, spawn):
    first = wrapped(spawn, tmp_path, ProgramSpec("deaf", DEAF))
    time.sleep(0.5)
    end(of_program(tmp_path, "deaf"), signal.SIGTERM, grace_seconds=0.5)
    assert not alive(first.pid)


def test_a_stranger_with_the_recorded_number_is_left_alone(tmp_path, spawn):
    stranger = spawn(SLEEP)
    record = {"pid": stranger.pid, "identity": "another boot:1"}
    (tmp_path / "program.pid").write_text(json.dumps(record))
    assert of_program(tmp_path, "program") == []
    wrapped(spawn, tmp_path, ProgramSpec("program", SLEEP))
    assert alive(stranger.pid)


def test_the_same_program_of_another_home_is_left_alone(tmp_path, spawn):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir(), there.mkdir()
    theirs = wrapped(spawn, there, ProgramSpec("program", SLEEP))
    wrapped(spawn, here, ProgramSpec("program", SLEEP))
    wrapped(spawn, here, ProgramSpec("program", SLEEP))
    assert alive(theirs.pid)
    assert [process.pid for process in of_stack(there)] == [theirs.pid]


def test_other_programs_of_this_home_are_left_alone(tmp_path, spawn):
    other = wrapped(spawn, tmp_path, ProgramSpec("other", SLEEP))
    wrapped(spawn, tmp_path, ProgramSpec("program", SLEEP))
    assert alive(other.pid)
    assert len(of_stack(tmp_path)) == 2


def test_a_child_that_left_the_group_is_found_by_its_mark(tmp_path, spawn):
    escaped = spawn(SLEEP, env={**os.environ, PROGRAM_VARIABLE: marker(tmp_path, "program")})
    assert [process.pid for process in of_program(tmp_path, "program")] == [escaped.pid]


def test_the_executable_at_work_in_its_own_directory_is_found_without_a_mark(tmp_path, spawn):
    ProgramSpec("program", SLEEP, works_in=str(tmp_path)).write(tmp_path)
    inside, outside = spawn(SLEEP, cwd=tmp_path), spawn(SLEEP, cwd="/")
    found = [process.pid for process in of_program(tmp_path, "program")]
    assert found == [inside.pid]
    assert outside.pid not in found


def test_a_process_that_should_end_with_its_parent_does(tmp_path):
    ProgramSpec("child", SLEEP, dies_with_parent=True).write(tmp_path)
    command = [sys.executable, "-m", "stack.child", str(tmp_path), "child"]
    code = f"import subprocess, time; subprocess.Popen({command!r}); time.sleep(600)"
    parent = subprocess.Popen([sys.executable, "-c", code])
    wait_until(lambda: recorded_leader(tmp_path, "child"))
    child = recorded_leader(tmp_path, "child")
    wait_until(lambda: psutil.Process(child.pid).cmdline() == list(SLEEP))
    parent.kill()
    parent.wait()
    wait_until(lambda: not alive(child.pid))


def test_a_program_runs_with_the_niceness_that_it_was_given(tmp_path, spawn):
    process = wrapped(spawn, tmp_path, ProgramSpec("worker", SLEEP, niceness=3))
    wait_until(lambda: psutil.Process(process.pid).cmdline() == list(SLEEP))
    assert psutil.Process(process.pid).nice() == psutil.Process().nice() + 3


def test_passwords_in_a_program_file_are_for_the_owner_only(tmp_path):
    ProgramSpec("program", SLEEP, {"DATABASE_URL": "postgresql://u:secret@h/d"}).write(tmp_path)
    assert (tmp_path / "program.program").stat().st_mode & 0o777 == 0o600
    assert ProgramSpec.read(tmp_path, "program").environment["DATABASE_URL"].endswith("@h/d")


def test_an_identity_is_never_given_twice(spawn):
    process = spawn(SLEEP)
    first = identity(process.pid)
    assert first == identity(process.pid)
    assert first != identity(os.getpid())
    process.kill()
    process.wait()
    assert identity(process.pid) is None
