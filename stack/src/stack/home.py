"""The home: one directory with everything that belongs to one stack."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError
from stack.files import open_directory, private_directory

REPOSITORY = Path(__file__).resolve().parents[3]
# supervisord's configuration has no way to quote these
UNUSABLE = ("\n", " ;", " #")


@dataclass(frozen=True)
class Home:
    """Where one stack keeps its files."""

    root: Path

    @classmethod
    def at(cls, path: Path) -> "Home":
        """Return the home at that path, made if need be; raises StackError when it cannot be used."""
        root = path.expanduser().resolve()
        if any(text in str(root) for text in UNUSABLE):
            raise StackError(f"The home's path holds characters that cannot be used: {root}")
        home = cls(root)
        try:
            open_directory(root)
            for directory in (home.run, home.logs, home.artifacts):
                private_directory(directory)
        except OSError as error:
            raise StackError(
                f"The home {root} cannot be written: {error.strerror}. Choose another with --home."
            ) from error
        if home.run.stat().st_uid != os.geteuid():
            raise StackError(f"The home {root} belongs to another user. Choose another with --home.")
        return home

    @property
    def run(self) -> Path:
        """How each program is run, and its process number; for the owner only."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        """One log for each program."""
        return self.root / "logs"

    @property
    def artifacts(self) -> Path:
        """What the MLflow server keeps outside of its database."""
        return self.root / "artifacts"

    @property
    def metrics(self) -> Path:
        """Where the workers of a service share their metric values."""
        return self.run / "metrics"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data, where its account can reach the home."""
        return self.root / "postgres"

    @property
    def redis(self) -> Path:
        """Redis' data and configuration, where its account can reach the home."""
        return self.root / "redis"

    @property
    def predictor_state(self) -> Path:
        """What the predictor's scheduler keeps between two starts."""
        return self.run / "predictor"

    @property
    def journals(self) -> Path:
        """Predictions that were answered and are not in the database yet: they outlive the stack."""
        return self.root / "journals"

    @property
    def state_file(self) -> Path:
        """What runs, and on which ports."""
        return self.root / "stack.json"

    @property
    def secrets_file(self) -> Path:
        """The generated passwords."""
        return self.root / "secrets.json"

    @property
    def lock_file(self) -> Path:
        """Held by the launcher that is changing something."""
        return self.root / "stack.lock"

    @property
    def short_hash(self) -> str:
        """A short name of this home, the same as long as it is not moved."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:12]

    def log(self, name: str) -> Path:
        """Return the log of a program."""
        return self.logs / f"{name}.log"
