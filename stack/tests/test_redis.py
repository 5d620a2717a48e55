"""The embedded Redis: a password, loopback only, and what it acknowledged is there after a kill."""

import os
import signal
import socket
import threading
from pathlib import Path

import psutil
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from stack.errors import StackError
from stack.leftovers import of_program
from stack.redis import NAME, EmbeddedRedis

ONCE = Retry(NoBackoff(), 0)


def client(server: EmbeddedRedis, database: int = 0) -> redis.Redis:
    return redis.Redis.from_url(server.url(database), socket_timeout=10, retry=ONCE)


def setting(server: EmbeddedRedis, name: str) -> str:
    return client(server).config_get(name)[name]


def append_only_files(server: EmbeddedRedis) -> list[Path]:
    return sorted((server.directory / "data").rglob("*.aof"), key=lambda path: path.stat().st_mtime)


@pytest.fixture
def server(directory):
    with EmbeddedRedis(directory) as running:
        yield running


def test_it_serves_with_the_password_and_refuses_without_and_with_another(redis_server):
    assert client(redis_server).ping()
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=redis_server.port, retry=ONCE).ping()
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=redis_server.port, password="guess", retry=ONCE).ping()


def test_it_listens_on_loopback_only(redis_server):
    rows = psutil.Process(redis_server.pid).net_connections("inet")
    assert {(row.laddr.ip, row.laddr.port) for row in rows if row.status == psutil.CONN_LISTEN} == {
        ("127.0.0.1", redis_server.port)
    }
    assert setting(redis_server, "unixsocket") == ""


def test_it_never_runs_as_root(redis_server):
    assert os.geteuid() != 0 or psutil.Process(redis_server.pid).uids().real != 0


def test_it_loses_no_keys_for_want_of_memory_and_writes_each_command_down(redis_server):
    settings = {name: setting(redis_server, name) for name in ("maxmemory-policy", "appendonly", "save")}
    assert settings == {"maxmemory-policy": "noeviction", "appendonly": "yes", "save": ""}


def test_the_password_stands_in_no_command_line_and_no_file_for_others(server):
    processes = of_program(server.directory / "run", NAME)
    assert [process.pid for process in processes] == [server.pid]
    assert server.password not in " ".join(processes[0].cmdline())
    assert server.password not in str(processes[0].environ())
    holding = [path for path in server.directory.rglob("*") if _holds(path, server.password)]
    assert holding == [server.directory / "redis.conf"]
    assert holding[0].stat().st_mode & 0o777 == 0o600
    assert (server.directory / "data").stat().st_mode & 0o777 == 0o700


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and text.encode() in path.read_bytes()


def test_a_path_and_a_password_with_quotes_and_spaces_are_read_as_they_are(directory):
    odd = directory / 'a "b" \\n'
    odd.mkdir(mode=0o755)
    with EmbeddedRedis(odd, password='p"w\\d #') as running:
        assert redis.Redis(port=running.port, password='p"w\\d #').ping()


def test_stopping_ends_it_and_starting_again_finds_the_values(directory):
    server = EmbeddedRedis(directory)
    with server:
        client(server).set("kept", 42)
    with pytest.raises(redis.ConnectionError):
        client(server).ping()
    with server:
        assert client(server).get("kept") == b"42"


def test_a_killed_server_comes_back_with_every_acknowledged_value(directory):
    server = EmbeddedRedis(directory).start()
    acknowledged, in_the_middle = [], threading.Event()

    def write():
        connection = client(server)
        try:
            for number in range(1_000_000):
                connection.rpush("numbers", number)
                acknowledged.append(number)
                if number == 500:
                    in_the_middle.set()
        except redis.RedisError:
            return

    try:
        writer = threading.Thread(target=write)
        writer.start()
        assert in_the_middle.wait(30)
        os.kill(server.pid, signal.SIGKILL)
        writer.join()
        server.start()
        found = [int(number) for number in client(server).lrange("numbers", 0, -1)]
        assert found[: len(acknowledged)] == acknowledged
        assert len(found) <= len(acknowledged) + 1, "at most the one that was not answered any more"
    finally:
        server.stop()


def test_a_half_written_last_command_does_not_keep_it_from_starting(directory):
    server = EmbeddedRedis(directory)
    with server:
        client(server).set("kept", 1)
    with append_only_files(server)[-1].open("ab") as log:
        log.write(b"*3\r\n$3\r\nSET\r\n$4\r\nhalf\r\n$100\r\nnot all of")
    with server:
        assert client(server).get("kept") == b"1"
        assert client(server).get("half") is None


def test_starting_again_ends_what_was_left_running(directory):
    first, second = EmbeddedRedis(directory), EmbeddedRedis(directory)
    first.start()
    try:
        client(first).set("kept", 1)
        left = psutil.Process(first.pid)
        with second:
            first.stop()
            assert not left.is_running()
            assert client(second).get("kept") == b"1"
    finally:
        first.stop()


def test_a_server_that_cannot_start_says_why(directory, redis_server):
    with pytest.raises(StackError, match="Address already in use"):
        EmbeddedRedis(directory, port=redis_server.port).start()


def test_who_answers_on_the_port_without_being_redis_is_not_taken_for_it(directory):
    with socket.create_server(("127.0.0.1", 0)) as stranger, pytest.raises(StackError, match="did not start"):
        EmbeddedRedis(directory, port=stranger.getsockname()[1]).start()
