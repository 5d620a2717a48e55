"""Models at rest, by the hash of their bytes."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ml_model.persistence.model.artifact import Artifact
from servicekit.database import AnySession


@dataclass(frozen=True)
class NewArtifact:
    """Bytes that are to be kept; `format` is skops, onnx or compiled."""

    sha256: str
    format: str
    content: bytes


class Artifacts:
    """Keeps bytes once, whoever brings them."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def put(self, new: NewArtifact) -> None:
        """Keep bytes, unless they are kept already."""
        values = vars(new) | {"size_bytes": len(new.content)}
        self._session.execute(insert(Artifact).values(values).on_conflict_do_nothing())

    def content(self, sha256: str) -> bytes | None:
        """Read bytes."""
        return self._session.scalar(select(Artifact.content).where(Artifact.sha256 == sha256))
