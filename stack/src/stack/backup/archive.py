"""The file itself: a tar of parts, with a manifest that holds the checksum of each."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from stack.errors import StackError

FORMAT = 1
MANIFEST = "manifest.json"
PIECE = 1024 * 1024


@dataclass(frozen=True)
class Manifest:
    """What a backup is.

    Args:
        made_at: in UTC, ISO 8601.
        postgres: major version of the server.
        mlflow: version of MLflow.
        revisions: of the tables, by owner.
        files: SHA-256 of each part.
        format: of the file.
    """

    made_at: str
    postgres: int
    mlflow: str
    revisions: dict[str, str]
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


def write_archive(target: Path, manifest: Manifest, parts: Sequence[Path]) -> None:
    """Write the parts and their manifest into one file for its owner only, in one step."""
    half = target.with_name(f".{target.name}.half")
    try:
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as archive:
            _add(archive, manifest, parts)
            raw.flush()
        half.rename(target)
    except OSError as error:
        raise StackError(f"{target} could not be written: {error.strerror}") from error
    finally:
        half.unlink(missing_ok=True)


def read_archive(source: Path, into: Path, names: Sequence[str]) -> Manifest:
    """Take the file apart, compare every checksum and return the manifest.

    Args:
        source: the file.
        into: an empty folder for the parts.
        names: the parts that there must be; others are not taken.

    Raises:
        StackError: the file is damaged, incomplete or newer than this version.
    """
    try:
        with tarfile.open(source, "r:") as archive:
            manifest = _manifest(archive)
            for name in names:
                _extract(archive, name, into / name, manifest.files.get(name))
    except (tarfile.TarError, EOFError, KeyError, TypeError, ValueError) as error:
        raise StackError(f"{source} is damaged or no backup: {error}") from error
    except OSError as error:
        raise StackError(f"{source} cannot be read: {error.strerror or error}") from error
    return manifest


def _add(archive: tarfile.TarFile, manifest: Manifest, parts: Sequence[Path]) -> None:
    files = {part.name: _digest(part) for part in parts}
    text = json.dumps({**asdict(manifest), "files": files}, indent=2).encode()
    head = tarfile.TarInfo(MANIFEST)
    head.size, head.mode = len(text), 0o600
    archive.addfile(head, io.BytesIO(text))
    for part in parts:
        archive.add(part, part.name, recursive=False)


def _manifest(archive: tarfile.TarFile) -> Manifest:
    stream = archive.extractfile(MANIFEST)
    values: dict[str, Any] = json.loads(stream.read()) if stream else {}
    found = values.get("format")
    if not isinstance(found, int):
        raise TypeError("it has no manifest")
    if found > FORMAT:
        raise StackError(f"The file is newer than this version: its format is {found}, known is {FORMAT}.")
    return Manifest(**values)


def _extract(archive: tarfile.TarFile, name: str, target: Path, expected: str | None) -> None:
    stream = archive.extractfile(name)
    if stream is None or expected is None:
        raise KeyError(name)
    with target.open("wb") as file:
        while piece := stream.read(PIECE):
            file.write(piece)
    if _digest(target) != expected:
        raise ValueError(f"the checksum of {name} is wrong")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
