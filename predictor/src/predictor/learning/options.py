"""What a training may be told."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingOptions:
    """Settings of one training.

    Args:
        seed: of split, model and every draw.
        confidence_level: at which the report judges intervals, above 0 and below 1.
    """

    seed: int = 42
    confidence_level: float = 0.9
