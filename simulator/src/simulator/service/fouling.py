"""Fouling: what production does to data, by shifts, missing values and labels that change meaning."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

DriftKind = Literal["offset", "covariate", "noise", "scale", "concept", "none"]


@dataclass(frozen=True)
class Drift:
    """How to foul a set.

    Args:
        kind: which distribution changes and how; see the functions of this module.
        shift: size of the change, in the unit of the kind.
        missing_fraction: share of the values of each feature that go missing, 0 to 1.
    """

    kind: DriftKind = "offset"
    shift: float = 0.3
    missing_fraction: float = 0.03


@dataclass(frozen=True)
class Fouled:
    """A fouled set and a record of what was done to it."""

    features: pd.DataFrame
    target: pd.Series
    done: dict[str, Any]


Change = Callable[[pd.DataFrame, pd.Series, float, np.random.Generator], Fouled]


def _offset(features: pd.DataFrame, target: pd.Series, shift: float, rng: np.random.Generator) -> Fouled:
    """Add one draw from N(0, shift), in the features' own units, to every value."""
    offset = float(rng.normal(0.0, shift))
    return Fouled(features + offset, target, {"offset": offset})


def _covariate(features: pd.DataFrame, target: pd.Series, shift: float, _: np.random.Generator) -> Fouled:
    """Move each feature by `shift` of its standard deviations."""
    return Fouled(features + shift * features.std(ddof=0), target, {"moved_by_standard_deviations": shift})


def _noise(features: pd.DataFrame, target: pd.Series, shift: float, rng: np.random.Generator) -> Fouled:
    """Add independent noise of `shift` standard deviations to each value."""
    noise = rng.normal(0.0, 1.0, features.shape) * shift * features.std(ddof=0).to_numpy()
    return Fouled(features + noise, target, {"noise_in_standard_deviations": shift})


def _scale(features: pd.DataFrame, target: pd.Series, shift: float, _: np.random.Generator) -> Fouled:
    """Multiply each feature by 1 + shift."""
    return Fouled(features * (1.0 + shift), target, {"factor": 1.0 + shift})


def _concept(features: pd.DataFrame, target: pd.Series, shift: float, rng: np.random.Generator) -> Fouled:
    """Give the next class to the `shift` share of samples that lie farthest in a random direction."""
    spread = features.std(ddof=0).replace(0.0, 1.0)
    place = ((features - features.mean()) / spread).to_numpy() @ rng.normal(size=features.shape[1])
    moved = np.argsort(place)[len(target) - round(min(shift, 1.0) * len(target)) :]
    classes = sorted(target.unique())
    following = dict(zip(classes, classes[1:] + classes[:1], strict=True))
    relabelled = target.copy()
    relabelled.iloc[moved] = target.iloc[moved].map(following)
    return Fouled(features, relabelled, {"relabelled_samples": len(moved)})


def _none(features: pd.DataFrame, target: pd.Series, _shift: float, _rng: np.random.Generator) -> Fouled:
    """Leave the distribution as it is."""
    return Fouled(features, target, {})


_CHANGES: dict[DriftKind, Change] = {
    "offset": _offset,
    "covariate": _covariate,
    "noise": _noise,
    "scale": _scale,
    "concept": _concept,
    "none": _none,
}


def foul(features: pd.DataFrame, target: pd.Series, drift: Drift, seed: int) -> Fouled:
    """Change the distribution as asked, then let values go missing.

    The same arguments give the same values to the last digit.

    Args:
        features: shape (samples, features), without missing values.
        target: class of each sample, shape (samples,).
        drift: what to do.
        seed: of every draw.
    """
    rng = np.random.default_rng(seed)
    changed = _CHANGES[drift.kind](features, target, drift.shift, rng)
    return Fouled(_lose_values(changed.features, drift.missing_fraction, rng), changed.target, changed.done)


def _lose_values(features: pd.DataFrame, fraction: float, rng: np.random.Generator) -> pd.DataFrame:
    """Set the same number of values of each feature to NaN: its share of the samples, rounded."""
    values = features.to_numpy(copy=True)
    lost = round(fraction * len(values))
    for column in range(values.shape[1]):
        values[rng.choice(len(values), size=lost, replace=False), column] = np.nan
    return pd.DataFrame(values, index=features.index, columns=features.columns)
