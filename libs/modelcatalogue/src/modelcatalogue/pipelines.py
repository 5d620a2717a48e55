"""Pipelines: preprocessing and model as one estimator."""

from collections.abc import Mapping, Sequence
from typing import Any

from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from modelcatalogue.entries import entry
from modelcatalogue.errors import UnknownPreprocessing
from modelcatalogue.hyperparameters import validate

SEED = 42
STANDARD = "standard"
NONE = "none"
PREPROCESSINGS = (STANDARD, NONE)


def build(
    model_name: str,
    hyperparameters: Mapping[str, Any],
    preprocessing: str = STANDARD,
    seed: int = SEED,
    categories: Sequence[str] = (),
) -> Any:
    """Build a pipeline that is not fitted: imputer, scaler (unless preprocessing is "none"), model.

    Missing values become the mean of the training data. Where `categories` names columns, an encoder stands
    in the imputer's place, which also turns those into one column for each value seen in training; a missing
    value is a value of its own. Takes and gives class labels of any type.

    Raises UnknownModel, UnknownHyperparameter, InvalidHyperparameter, UnknownPreprocessing.
    """
    model = entry(model_name).made(validate(model_name, hyperparameters), seed)
    return Pipeline([_filling(categories), *_scaling(preprocessing), ("model", model)])


def _filling(categories: Sequence[str]) -> tuple[str, Any]:
    imputer = SimpleImputer(strategy="mean", keep_empty_features=True)
    if not categories:
        return "imputer", imputer
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = [("categories", one_hot, list(categories))]
    return "encoder", ColumnTransformer(columns, remainder=imputer, n_jobs=1)


def _scaling(preprocessing: str) -> list[tuple[str, Any]]:
    if preprocessing not in PREPROCESSINGS:
        raise UnknownPreprocessing(preprocessing, PREPROCESSINGS)
    return [] if preprocessing == NONE else [("scaler", StandardScaler())]
