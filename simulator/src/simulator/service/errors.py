"""What can be wrong with a request to the simulator."""

from collections.abc import Sequence

from servicekit.errors import Invalid, NotFound


class SourceNotFound(Invalid):
    """No source has this name."""

    error = "Unknown source"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no source {name!r}; use one of: {', '.join(known)}.")


class DatasetNotLoaded(NotFound):
    """The set was never loaded, or was removed."""

    error = "Dataset not loaded"

    def __init__(self, source: str, set_name: str) -> None:
        super().__init__(
            f"The {set_name} set of {source!r} is not loaded; "
            f'load it with POST /root/simulator {{"set_name": "{set_name}", "source": "{source}"}}.'
        )


class FoulingNotAllowed(Invalid):
    """Drift or a seed was given for a set that is kept clean."""

    error = "Only production is fouled"

    def __init__(self, set_name: str) -> None:
        super().__init__(
            f"The {set_name} set is always loaded clean and split with the service's own seed; "
            "leave out `drift` and `seed`, or load the production set."
        )
