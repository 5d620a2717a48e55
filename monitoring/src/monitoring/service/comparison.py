"""The two sets side by side, in the form that Evidently takes."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from datasetdb.repository.samples import LabelledFrame
from datasetdb.schema import Column, SourceSchema
from monitoring.service.categories import MOST_CATEGORIES, are_many, folded
from monitoring.service.sampling import stratified_index


@dataclass(frozen=True)
class Sampling:
    """Most rows of a set that are looked at, and the seed that chooses them."""

    rows: int = 20_000
    seed: int = 42


@dataclass(frozen=True)
class PreparedSet:
    """One set with its predictions.

    Args:
        frame: features, target and prediction, shape (rows looked at, features + 2); numbers are float64
            and finite or NaN, everything else is text or NaN.
        rows: rows of the whole set.
        infinite: how many infinite values each feature had; they are NaN in the frame.
    """

    frame: pd.DataFrame
    rows: int
    infinite: dict[str, int]

    @property
    def sampled(self) -> bool:
        """Tell whether the frame holds fewer rows than the set."""
        return len(self.frame) < self.rows


@dataclass(frozen=True)
class Comparison:
    """Reference and current set of one source, both with predictions.

    `folded` names the features whose rarer categories were made one.
    """

    schema: SourceSchema
    reference: PreparedSet
    current: PreparedSet
    folded: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, schema: SourceSchema, reference: LabelledFrame, current: LabelledFrame, sampling: Sampling
    ) -> "Comparison":
        """Prepare both sets: infinities to NaN, labels to text, samples drawn, rare categories folded."""
        whole = cls(schema, _prepared(schema, reference, sampling), _prepared(schema, current, sampling))
        return _with_categories_folded(whole)

    @property
    def target(self) -> str:
        """Name the column of true values."""
        return self.schema.target.name

    @property
    def prediction(self) -> str:
        """Name the column of predicted values."""
        return prediction_column(self.schema)

    @property
    def is_classification(self) -> bool:
        """Tell whether classes are predicted, not numbers."""
        return self.schema.target.kind == "classification"

    @property
    def classes(self) -> list[str]:
        """List the classes as they stand in the frames."""
        return [str(label) for label in self.schema.target.classes]

    @property
    def features(self) -> list[str]:
        """List all features in the source's order."""
        return list(self.schema.feature_names)

    @cached_property
    def empty_features(self) -> dict[str, str]:
        """Name the features that cannot be compared, each with the reason."""
        reasons = {}
        for feature in self.features:
            empty = [name for name, frame in self._frames() if frame[feature].isna().all()]
            if empty:
                reasons[feature] = (
                    f"every value of {feature!r} is missing or infinite in {' and '.join(empty)}"
                )
        return reasons

    @cached_property
    def comparable(self) -> list[str]:
        """List the features that hold a value in both sets."""
        return [feature for feature in self.features if feature not in self.empty_features]

    @cached_property
    def numbers(self) -> list[str]:
        """List the features that are numbers."""
        return [column.name for column in self.schema.columns if _is_number(column)]

    @cached_property
    def categories(self) -> list[str]:
        """List the features that are categories or booleans."""
        return [column.name for column in self.schema.columns if not _is_number(column)]

    @cached_property
    def comparable_numbers(self) -> list[str]:
        """List the comparable features that are numbers."""
        return [feature for feature in self.numbers if feature not in self.empty_features]

    @cached_property
    def comparable_categories(self) -> list[str]:
        """List the comparable features that are categories or booleans."""
        return [feature for feature in self.categories if feature not in self.empty_features]

    @property
    def notes(self) -> list[str]:
        """Say which set was sampled, and which feature's categories were folded."""
        notes = [
            f"{name} has {prepared.rows} rows; a stratified sample of {len(prepared.frame)} was looked at."
            for name, prepared in (("The reference", self.reference), ("The current set", self.current))
            if prepared.sampled
        ]
        return notes + [
            f"{feature} has more than {MOST_CATEGORIES} categories; those under 1 % were looked at as one."
            for feature in self.folded
        ]

    def _frames(self) -> list[tuple[str, pd.DataFrame]]:
        return [("the reference", self.reference.frame), ("the current set", self.current.frame)]


def prediction_column(schema: SourceSchema) -> str:
    """Return a name for the predictions that no feature and no target has."""
    name = "prediction"
    while name in schema.feature_names or name == schema.target.name:
        name += "_"
    return name


def _is_number(column: Column) -> bool:
    return column.kind in {"float", "integer"}


def _prepared(schema: SourceSchema, labelled: LabelledFrame, sampling: Sampling) -> PreparedSet:
    chosen = stratified_index(labelled.target, sampling.rows, sampling.seed)
    features = labelled.features.loc[chosen]
    predictions = pd.Series(labelled.predictions, index=labelled.target.index)
    labels = {schema.target.name: labelled.target, prediction_column(schema): predictions}
    classified = schema.target.kind == "classification"
    frame = pd.DataFrame(
        {column.name: _feature(column, features[column.name]) for column in schema.columns}
        | {name: _label(values.loc[chosen], classified) for name, values in labels.items()}
    )
    numbers = [column.name for column in schema.columns if _is_number(column)]
    infinite = {name: int(np.isinf(frame[name]).sum()) for name in numbers}
    return PreparedSet(
        frame.replace([np.inf, -np.inf], np.nan),
        rows=len(labelled.target),
        infinite={name: count for name, count in infinite.items() if count},
    )


def _with_categories_folded(whole: Comparison) -> Comparison:
    known, current = whole.reference.frame, whole.current.frame
    many = [name for name in whole.comparable_categories if are_many(known[name], current[name])]
    fewer = {name: folded(known[name], current[name]) for name in many}
    return replace(
        whole,
        reference=replace(
            whole.reference, frame=known.assign(**{name: pair[0] for name, pair in fewer.items()})
        ),
        current=replace(
            whole.current, frame=current.assign(**{name: pair[1] for name, pair in fewer.items()})
        ),
        folded=tuple(many),
    )


def _feature(column: Column, values: pd.Series) -> pd.Series:
    if _is_number(column):
        return pd.Series(values.to_numpy(dtype=np.float64, na_value=np.nan), index=values.index)
    return _text(values.map({True: "true", False: "false"}) if column.kind == "boolean" else values)


def _label(values: pd.Series, classified: bool) -> pd.Series:
    return _text(values) if classified else values.astype(np.float64)


def _text(values: pd.Series) -> pd.Series:
    texts = values.astype(object)
    return texts.map(str, na_action="ignore").where(values.notna(), np.nan)
