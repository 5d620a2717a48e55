"""Why a model has no compiled form."""


class NotCompilable(Exception):
    """The model stays as it is; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
