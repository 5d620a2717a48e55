"""A prepared set as Evidently's Dataset."""

from typing import Any

from evidently import BinaryClassification, DataDefinition, Dataset, MulticlassClassification, Regression

from monitoring.service.comparison import Comparison, PreparedSet


def evidently_dataset(comparison: Comparison, chosen: PreparedSet, with_labels: bool = True) -> Dataset:
    """Return a set with the type of every column told, so that Evidently guesses nothing.

    Args:
        comparison: tells the columns.
        chosen: one of its two sets.
        with_labels: whether target and prediction are part of it.
    """
    labels = [comparison.target, comparison.prediction] if with_labels else []
    numbers, categories = list(comparison.numbers), list(comparison.categories)
    (categories if comparison.is_classification else numbers).extend(labels)
    definition = DataDefinition(
        numerical_columns=numbers,
        categorical_columns=categories,
        **(_task(comparison) if with_labels else {}),
    )
    frame = chosen.frame[[*comparison.features, *labels]]
    return Dataset.from_pandas(frame, data_definition=definition)


def _task(comparison: Comparison) -> dict[str, Any]:
    target, prediction = comparison.target, comparison.prediction
    if not comparison.is_classification:
        return {"regression": [Regression(target=target, prediction=prediction)]}
    if len(comparison.classes) == 2:
        positive = comparison.classes[1]
        binary = BinaryClassification(target=target, prediction_labels=prediction, pos_label=positive)
        return {"classification": [binary]}
    return {"classification": [MulticlassClassification(target=target, prediction_labels=prediction)]}
