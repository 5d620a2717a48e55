"""What can go wrong in learning, each as one sentence for the person who asked."""

from collections.abc import Sequence


class LearningError(ValueError):
    """A model cannot be trained, or a stored one cannot be used."""


class UnknownModelType(LearningError):
    """No entry of the table of models has this name."""

    def __init__(self, model_type: str, known: Sequence[str]) -> None:
        super().__init__(f"Unknown model type {model_type!r}; choose one of: {', '.join(known)}.")


class InvalidHistory(LearningError):
    """The history has the wrong shape, or times that are not positive numbers."""


class TooFewFingerprints(LearningError):
    """Too few different queries to learn from, when some are held out."""

    def __init__(self, found: int, needed: int) -> None:
        super().__init__(
            f"Insufficient query fingerprints to learn from: {max(0, found)} < {needed}; "
            "collect history of more queries."
        )


class InvalidLevel(LearningError):
    """A confidence level that is no probability."""

    def __init__(self, level: float) -> None:
        super().__init__(f"A confidence level lies above 0 and below 1; {level:g} does not.")


class ConversionDiffers(LearningError):
    """The exported model does not answer what the fitted one answers."""

    def __init__(self, difference: float, allowed: float) -> None:
        super().__init__(
            f"The exported model differs from the fitted one by {difference:.2e} in log(ms), "
            f"more than the {allowed:.0e} that are allowed; choose another model type."
        )


class DamagedArtifact(LearningError):
    """The bytes are not a stored predictor, or not one that this version can read."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The stored model cannot be read: {reason}. Train a new one.")
