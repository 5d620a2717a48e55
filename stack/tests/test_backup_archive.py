"""A backup's file is whole, or refused."""

import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from stack.backup.archive import MANIFEST, Manifest, read_archive, write_archive
from stack.backup.versions import known_revisions, locked_mlflow, refuse_newer
from stack.errors import StackError

ROOT = Path(__file__).parents[2]
NAMES = ("first.dump", "second.tar")
MADE = Manifest(
    made_at="2026-11-29T10:00:00+00:00", postgres=17, mlflow="3.17.2", revisions={"datasetdb": "a"}
)


@pytest.fixture
def archive(tmp_path):
    parts = []
    for number, name in enumerate(NAMES, 1):
        part = tmp_path / name
        part.write_bytes(bytes([number]) * 50_000)
        parts.append(part)
    target = tmp_path / "backup.tar"
    write_archive(target, MADE, parts)
    return target


@pytest.fixture
def into(tmp_path):
    place = tmp_path / "into"
    place.mkdir()
    return place


def test_what_was_written_is_read(archive, into):
    manifest = read_archive(archive, into, NAMES)
    assert replace(manifest, files={}) == MADE
    assert (into / "second.tar").read_bytes() == b"\2" * 50_000


def test_only_its_owner_may_read_it(archive):
    assert archive.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("place", [0.02, 0.3, 0.5, 0.9])
def test_a_changed_byte_is_noticed(archive, into, place):
    content = bytearray(archive.read_bytes())
    content[int(len(content) * place)] ^= 0xFF
    archive.write_bytes(content)
    with pytest.raises(StackError, match="damaged"):
        read_archive(archive, into, NAMES)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.6, 0.8])
def test_a_cut_file_is_noticed(archive, into, share):
    content = archive.read_bytes()
    archive.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(StackError, match="damaged"):
        read_archive(archive, into, NAMES)


def test_a_part_that_is_missing_is_noticed(archive, into):
    with pytest.raises(StackError, match="third"):
        read_archive(archive, into, (*NAMES, "third.tar"))


def test_another_file_is_no_backup(tmp_path, into):
    with pytest.raises(StackError, match="damaged or no backup"):
        read_archive(Path(__file__), into, NAMES)
    with pytest.raises(StackError, match="cannot be read"):
        read_archive(tmp_path / "nowhere.tar", into, NAMES)


def test_a_file_of_a_newer_form_is_refused(archive, into, tmp_path):
    with tarfile.open(archive) as old:
        old.extractall(tmp_path / "old", filter="data")
    head = tmp_path / "old" / MANIFEST
    head.write_text(json.dumps(json.loads(head.read_text()) | {"format": 2}))
    with tarfile.open(archive, "w") as new:
        for name in (MANIFEST, *NAMES):
            new.add(tmp_path / "old" / name, name)
    with pytest.raises(StackError, match="newer than this version: its format is 2"):
        read_archive(archive, into, NAMES)


def newest() -> dict[str, str]:
    return {owner: max(known) for owner, known in known_revisions(ROOT).items()}


def test_this_version_understands_its_own_files():
    known = known_revisions(ROOT)
    assert all(known.values())
    refuse_newer(ROOT, newest(), locked_mlflow(ROOT), (17, 18))


@pytest.mark.parametrize(
    ("revisions", "mlflow", "postgres", "reason"),
    [
        ({"predictor": "2099_01_01_later"}, "3.0", (17, 17), "predictor tables"),
        ({}, "99.0.0", (17, 17), "MLflow 99.0.0"),
        ({}, "3.0", (18, 17), "PostgreSQL 17 cannot read"),
    ],
)
def test_what_a_newer_version_wrote_is_refused(revisions, mlflow, postgres, reason):
    with pytest.raises(StackError, match=reason):
        refuse_newer(ROOT, newest() | revisions, mlflow, postgres)
