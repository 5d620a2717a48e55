"""What is shown of journals."""

import os
import time

from journal.series import journal_series
from journal.spool import CARRIED, abandoned_spools, new_spool


def shown(directory):
    return {family.name: family.samples[0].value for family in journal_series(directory)}


def test_a_directory_that_is_not_there_keeps_nothing(tmp_path):
    expected = {"journal_waiting_bytes": 0, "journal_stalled_seconds": 0, "journal_refused_bytes": 0}
    assert shown(tmp_path / "none") == expected


def test_rows_wait_until_they_are_carried(tmp_path):
    first, second = new_spool(tmp_path), new_spool(tmp_path)
    first.append(b'{"id": 1}', b'{"id": 2}')
    second.append(b'{"id": 3}')
    assert shown(tmp_path)["journal_waiting_bytes"] == 3 * len(b'{"id": 1}\n')
    first.drop(first.oldest())
    assert shown(tmp_path)["journal_waiting_bytes"] == len(b'{"id": 3}\n')
    second.drop(second.oldest())
    assert shown(tmp_path) == dict.fromkeys(shown(tmp_path), 0)
    first.close()
    second.close()


def test_a_journal_that_is_not_carried_any_more_tells_since_when(tmp_path):
    idle, stuck = new_spool(tmp_path), new_spool(tmp_path)
    for spool, seconds in ((idle, 900), (stuck, 300)):
        ago = time.time() - seconds
        os.utime(spool.path.with_suffix(CARRIED), (ago, ago))
    assert shown(tmp_path)["journal_stalled_seconds"] == 0
    stuck.append(b'{"id": 1}')
    assert 300 <= shown(tmp_path)["journal_stalled_seconds"] < 360
    os.close(stuck._descriptor)  # its process has ended
    assert 300 <= shown(tmp_path)["journal_stalled_seconds"] < 360
    (left,) = abandoned_spools(tmp_path)
    left.drop(left.oldest())
    assert shown(tmp_path)["journal_stalled_seconds"] == 0


def test_refused_rows_are_shown_until_somebody_takes_them_away(tmp_path):
    spool = new_spool(tmp_path)
    spool.append(b'{"id": 1}')
    spool.refuse(b'{"id": 1}')
    spool.drop(spool.oldest())
    spool.close()
    assert shown(tmp_path)["journal_refused_bytes"] == len(b'{"id": 1}\n')
