"""What this home was last asked to run, kept so that any later launcher knows."""

from dataclasses import asdict, dataclass, replace

from stack.files import read_json, write_json
from stack.home import Home


@dataclass(frozen=True)
class StackState:
    """The stack of one home; it is wanted until somebody says `down`."""

    offset: int
    urls: dict[str, str]
    ports: dict[str, int]
    control_port: int
    programs: tuple[str, ...]
    complete: bool = False

    def save(self, home: Home) -> None:
        """Keep it."""
        write_json(home.state_file, asdict(self))

    def completed(self) -> "StackState":
        """Return the same, with everything ready."""
        return replace(self, complete=True)


def state_of(home: Home) -> StackState | None:
    """Return what is wanted here, or None after `down` and before the first `up`."""
    kept = read_json(home.state_file)
    if kept is None:
        return None
    try:
        return StackState(**{**kept, "programs": tuple(kept["programs"])})
    except (TypeError, KeyError):  # written by another version
        return None


def forget(home: Home) -> None:
    """Nothing is wanted here any more."""
    home.state_file.unlink(missing_ok=True)
