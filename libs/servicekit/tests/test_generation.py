import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from servicekit.generation import Generation

ADVANCE = """
import sys
from pathlib import Path
from servicekit.generation import Generation
generation = Generation(Path(sys.argv[1]))
for _ in range(500):
    generation.advance()
"""


def test_its_file_has_no_hole(tmp_path):
    Generation(tmp_path / "generation").current()
    assert (tmp_path / "generation").stat().st_blocks > 0


def test_it_begins_with_nothing_and_makes_its_folder(tmp_path):
    path = tmp_path / "some" / "where" / "generation"
    generation = Generation(path)
    assert not path.parent.exists()
    assert generation.current() == 0
    assert path.stat().st_mode & 0o077 == 0


def test_what_one_advances_another_sees_at_once(tmp_path):
    one, other = Generation(tmp_path / "generation"), Generation(tmp_path / "generation")
    assert other.current() == 0
    for number in range(1, 4):
        one.advance()
        assert (one.current(), other.current()) == (number, number)


def test_it_goes_on_where_it_was(tmp_path):
    Generation(tmp_path / "generation").advance()
    assert Generation(tmp_path / "generation").current() == 1


def test_no_change_of_many_processes_and_threads_is_missed(tmp_path):
    path = tmp_path / "generation"
    generation = Generation(path)
    others = [subprocess.Popen([sys.executable, "-c", ADVANCE, str(path)]) for _ in range(3)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: generation.advance(), range(500)))
    assert [other.wait(60) for other in others] == [0, 0, 0]
    assert generation.current() == Generation(path).current() == 2000


def test_a_forked_process_shares_it(tmp_path):
    generation = Generation(tmp_path / "generation")
    generation.current()
    child = os.fork()
    if child == 0:
        generation.advance()
        os._exit(0)
    os.waitpid(child, 0)
    assert generation.current() == 1
