"""A sign of life is a touched file, and never a reason to stop."""

import os

from jobqueue.signs import sign_of


def test_the_file_is_touched_each_time(tmp_path):
    file = tmp_path / "alive"
    give = sign_of(file)
    give()
    os.utime(file, (0, 0))
    give()
    assert file.stat().st_mtime > 0


def test_a_disk_that_takes_nothing_is_no_failure(tmp_path):
    sign_of(tmp_path / "no such folder" / "alive")()


def test_without_a_file_nothing_happens():
    sign_of(None)()
