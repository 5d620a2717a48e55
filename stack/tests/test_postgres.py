"""The embedded server starts, stops, and comes back after a crash with what was committed."""

import os
import signal
import time
from pathlib import Path

import psycopg2
import pytest

from stack.errors import StackError
from stack.postgres import EmbeddedPostgres, answers


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_new_databases_are_empty_and_apart(postgres):
    first, second = postgres.create_database(), postgres.create_database()
    rows(first, "CREATE TABLE only_here (id integer)")
    assert rows(second, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_a_new_database_can_be_a_copy(postgres):
    rows(postgres.create_database("original"), "CREATE TABLE t AS SELECT 42 AS n")
    assert rows(postgres.create_database(template="original"), "SELECT n FROM t") == [(42,)]


def test_never_runs_as_root_and_listens_on_loopback_only(postgres):
    assert os.geteuid() != 0 or Path(f"/proc/{postgres.pid}").stat().st_uid != 0
    assert rows(postgres.url(), "SHOW listen_addresses") == [("127.0.0.1",)]
    assert rows(postgres.url(), "SHOW unix_socket_directories") == [("",)]


def test_a_wrong_password_is_refused(postgres):
    with pytest.raises(StackError, match="refuses the password"):
        answers(postgres.url().replace(postgres.password, "guess"))


def test_stopping_ends_it_and_starting_again_finds_the_rows(directory):
    server = EmbeddedPostgres(directory)
    with server:
        url = server.create_database("kept")
        rows(url, "CREATE TABLE t AS SELECT 1 AS n")
    assert not answers(url)
    with server:
        assert rows(url, "SELECT n FROM t") == [(1,)]


def test_a_killed_server_comes_back_with_what_was_committed(directory):
    server = EmbeddedPostgres(directory).start()
    try:
        url = server.create_database("kept")
        rows(url, "CREATE TABLE t (n integer)")
        rows(url, "INSERT INTO t VALUES (42)")
        os.kill(server.pid, signal.SIGKILL)
        started = time.monotonic()
        server.start()
        assert rows(url, "SELECT n FROM t") == [(42,)]
        assert time.monotonic() - started < 10
    finally:
        server.stop()


def test_a_server_that_cannot_start_says_why(directory, postgres):
    with pytest.raises(StackError, match="Address already in use"):
        EmbeddedPostgres(directory, port=postgres.port).start()


def test_an_interrupted_first_start_leaves_nothing_that_looks_like_a_database(directory):
    half = directory / "data.half"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(directory) as server:
        assert rows(server.url(), "SELECT 1") == [(1,)]
    assert not half.exists()
