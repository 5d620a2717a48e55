"""What a pipeline that came from a run is, in the catalogue's words."""

from collections.abc import Mapping
from typing import Any

from modelcatalogue.pipelines import NONE, STANDARD, build

SEED_NAME = "random_state"
STEP = "model"


def preprocessing_of(pipeline: Any) -> str:
    """Tell which preprocessing a pipeline has."""
    return STANDARD if "scaler" in pipeline.named_steps else NONE


def differences(
    pipeline: Any, model_name: str, hyperparameters: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """List where a pipeline's model is not the one that the catalogue builds: stated, found, by name.

    The seed counts only where it is stated: who tuned the model may have had another one.
    """
    stated = _settings(build(model_name, hyperparameters).named_steps[STEP])
    found = _settings(pipeline.named_steps.get(STEP))
    if stated.keys() != found.keys():
        return {"model_name": (model_name, _kind(pipeline.named_steps.get(STEP)))}
    skipped = {SEED_NAME} - hyperparameters.keys()
    return {
        name: (value, found[name])
        for name, value in stated.items()
        if name not in skipped and not _same(value, found[name])
    }


def _settings(model: Any) -> dict[str, Any]:
    """List a model's parameters without the prefixes of a meta-estimator; estimators count by their class."""
    if not hasattr(model, "get_params"):
        return {}
    parameters = {"model_name": _kind(model)}
    for name, value in model.get_params().items():
        if isinstance(value, list):
            continue
        short = name.rpartition("__")[2]
        parameters[short] = _kind(value) if hasattr(value, "get_params") else value
    return parameters


def _kind(model: Any) -> str:
    return type(model).__name__


def _same(one: Any, other: Any) -> bool:
    # NaN, which stands for a missing value in XGBoost's parameters, is not equal to itself.
    return bool(one == other) or repr(one) == repr(other)
