import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Column, Double, MetaData, NullPool, Table, Text, create_engine, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import OperationalError

from journal import Journal, JournalFull, JournalRules, insert_statement, json_array
from journal.spool import abandoned_spools, new_spool

NEVER = 3600.0
KEPT = Table(
    "kept",
    MetaData(),
    Column("id", Text, primary_key=True),
    Column("value", Double),
    Column("parts", ARRAY(Double)),
    Column("note", JSONB),
)
COLUMNS = ("id", "value", "parts", "note")


class Database:
    """A real table, and the function that writes into it."""

    def __init__(self, url):
        self.engine = create_engine(url, poolclass=NullPool)
        KEPT.metadata.create_all(self.engine)
        self._insert = insert_statement(KEPT, COLUMNS)
        self.away = False

    def write(self, rows):
        if self.away:
            raise OperationalError("", None, ConnectionError("away"))
        with self.engine.begin() as connection:
            connection.exec_driver_sql(self._insert, {"rows": json_array(rows)})

    def ids(self):
        with self.engine.begin() as connection:
            return set(connection.execute(text("SELECT id FROM kept")).scalars())

    def row(self, row_id):
        with self.engine.begin() as connection:
            found = connection.execute(text("SELECT * FROM kept WHERE id = :id"), {"id": row_id}).one()
        return found._asdict()


@pytest.fixture
def database(postgres):
    found = Database(postgres.create_database())
    yield found
    found.engine.dispose()


def content(row_id, **values):
    return json.dumps({"id": row_id, "value": 1.5, "parts": [1, None], "note": {"a": [1]}} | values).encode()


def wait_for(condition, seconds=10.0):
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return condition()


def test_a_row_is_found_at_once_and_carried_soon(tmp_path, database):
    journal = Journal(JournalRules(tmp_path, every_seconds=0.05), database.write, "id")
    journal.append(content("a"))
    assert journal.find("a") == content("a") or database.ids() == {"a"}
    assert wait_for(lambda: journal.waiting() == 0)
    assert database.row("a") == {"id": "a", "value": 1.5, "parts": [1.0, None], "note": {"a": [1]}}
    assert journal.find("a") is None


def test_nothing_is_carried_before_its_time_unless_asked(tmp_path, database):
    journal = Journal(JournalRules(tmp_path, every_seconds=NEVER), database.write, "id")
    journal.start()
    for number in range(1200):
        journal.append(content(f"r{number}"))
    assert journal.waiting() == 1200
    assert database.ids() == set()
    journal.flush()
    assert len(database.ids()) == 1200
    assert journal.waiting() == 0


def test_a_flush_brings_what_another_process_keeps(tmp_path, database):
    other = new_spool(tmp_path)
    other.append(*(content(f"o{number}") for number in range(1100)))
    journal = Journal(JournalRules(tmp_path, every_seconds=NEVER), database.write, "id")
    assert journal.find("o7") == content("o7")
    journal.flush()
    assert len(database.ids()) == 1100
    assert len(other) == 1100  # its owner lets go of them
    other.close()


def test_rows_wait_while_the_database_is_away(tmp_path, database):
    database.away = True
    journal = Journal(JournalRules(tmp_path, every_seconds=0.05, most_rows=3), database.write, "id")
    for name in "abc":
        journal.append(content(name))
    with pytest.raises(JournalFull):
        journal.append(content("d"))
    with pytest.raises(OperationalError):
        journal.flush()
    assert journal.find("b") == content("b")
    database.away = False
    assert wait_for(lambda: database.ids() == {"a", "b", "c"})
    journal.append(content("d"))


def test_a_row_that_the_table_will_never_take_does_not_hold_up_the_others(tmp_path, database):
    journal = Journal(JournalRules(tmp_path, every_seconds=NEVER), database.write, "id")
    journal.append(*(content(name, value="none" if name == "bad" else 1) for name in ("a", "b", "bad", "c")))
    journal.flush()
    assert database.ids() == {"a", "b", "c"}
    (file,) = tmp_path.glob("*.refused")
    assert json.loads(file.read_bytes())["id"] == "bad"
    assert journal.waiting() == 0


def test_the_same_row_twice_is_there_once(tmp_path, database):
    journal = Journal(JournalRules(tmp_path, every_seconds=NEVER), database.write, "id")
    journal.append(content("a"))
    journal.flush()
    journal.append(content("a", value=7))
    journal.flush()
    assert database.row("a")["value"] == 1.5


def test_many_threads_append_while_rows_are_carried(tmp_path, database):
    journal = Journal(JournalRules(tmp_path, every_seconds=0.01), database.write, "id")

    def work(thread):
        for number in range(300):
            journal.append(content(f"{thread}-{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    journal.flush()
    assert len(database.ids()) == 2400


WRITER = """
import sys, time
from pathlib import Path
from journal import Journal, JournalRules
def away(rows):
    raise ConnectionError
journal = Journal(JournalRules(Path(sys.argv[1]), every_seconds=0.01), away, "id")
number = 0
while True:
    journal.append(b'{"id":"k%d"}' % number)
    print(number, flush=True)
    number += 1
"""


def test_what_a_killed_process_accepted_is_carried_by_the_next(tmp_path, database):
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        lines = [process.stdout.readline() for _ in range(500)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout
    accepted = [int(line) for line in lines if line.strip().isdigit() and line.endswith("\n")]
    journal = Journal(JournalRules(tmp_path, every_seconds=0.05), database.write, "id")
    assert journal.find(f"k{accepted[-1]}") is not None
    journal.start()
    assert wait_for(lambda: len(list(tmp_path.glob("*.jsonl"))) == 1)
    assert {f"k{number}" for number in accepted} <= database.ids()


def test_the_file_of_a_living_process_is_not_taken_over(tmp_path):
    living = new_spool(tmp_path)
    living.append(b"{}")
    assert list(abandoned_spools(tmp_path)) == []
    living.close()
    (left,) = abandoned_spools(tmp_path)
    assert left.oldest().contents == [b"{}"]
    left.drop(left.oldest())
    left.close()
    assert list(tmp_path.iterdir()) == []


def test_a_row_that_was_cut_off_is_none(tmp_path):
    cut = new_spool(tmp_path)
    cut.append(b'{"id":"a"}')
    cut.close()
    (file,) = tmp_path.glob("*.jsonl")
    with file.open("ab") as rows:
        rows.write(b'{"id":"b"')
    (left,) = abandoned_spools(tmp_path)
    assert left.oldest().contents == [b'{"id":"a"}']
    assert len(left) == 1
    left.close()


def test_what_was_carried_is_not_carried_again_after_a_restart(tmp_path):
    first = new_spool(tmp_path)
    first.append(b'{"id":"a"}')
    first.drop(first.oldest())
    first.append(b'{"id":"b"}')
    first.close()
    (left,) = abandoned_spools(tmp_path)
    assert left.oldest().contents == [b'{"id":"b"}']
    left.close()


def test_the_file_begins_anew_when_it_is_long_and_carried(tmp_path):
    long = new_spool(tmp_path)
    row = b'{"id":"a","x":"' + b"x" * 1_000_000 + b'"}'
    for _ in range(9):
        long.append(row)
    (file,) = tmp_path.glob("*.jsonl")
    assert file.stat().st_size > 9_000_000
    while rows := long.oldest():
        long.drop(rows)
    assert file.stat().st_size == 0
    long.append(b'{"id":"b"}')
    assert long.oldest().contents == [b'{"id":"b"}']
    assert len(long) == 1
    long.close()


def test_a_row_longer_than_a_piece_is_read_whole(tmp_path):
    wide = new_spool(tmp_path)
    row = b'"' + b"x" * 6_000_000 + b'"'
    wide.append(row, b"1")
    assert wide.oldest().contents == [row, b"1"]
    wide.close()


def test_a_row_of_several_lines_is_refused(tmp_path):
    one = new_spool(tmp_path)
    with pytest.raises(ValueError, match="one line"):
        one.append(b"{\n}")
    assert len(one) == 0
    one.close()


def test_another_row_that_mentions_the_id_is_not_taken_for_it(tmp_path, database):
    journal = Journal(JournalRules(tmp_path, every_seconds=NEVER), database.write, "id")
    journal.append(content("a", note={"copy_of": "b"}), content("b"))
    assert json.loads(journal.find("b"))["id"] == "b"
    assert journal.find("c") is None


def test_wide_rows_are_carried_in_parts_that_the_database_takes(tmp_path, database, monkeypatch):
    monkeypatch.setattr("journal.carrying._GROUP_BYTES", 3000)
    written = []

    def write(rows):
        written.append(len(rows))
        database.write(rows)

    journal = Journal(JournalRules(tmp_path, every_seconds=NEVER), write, "id")
    journal.append(*(content(f"w{number}", note="n" * 1000) for number in range(5)))
    journal.append(content("huge", note="n" * 9000))
    journal.flush()
    assert written == [2, 2, 1, 1]
    assert len(database.ids()) == 6


def test_rows_that_the_disk_takes_in_part_are_not_carried(tmp_path, database, monkeypatch):
    spool = new_spool(tmp_path)
    spool.append(content("a"))
    write = os.write
    seen = []

    def cut(descriptor, text):
        written = write(descriptor, text[: len(text) - 5])
        seen.append(spool.oldest().contents)
        return written

    monkeypatch.setattr("journal.spool.os.write", cut)
    with pytest.raises(OSError, match="the disk took"):
        spool.append(content("b"), content("c"))
    monkeypatch.undo()
    assert seen == [[content("a")]]
    spool.drop(spool.oldest())
    spool.append(content("d"))
    assert spool.oldest().contents == [content("d")]
    spool.close()
