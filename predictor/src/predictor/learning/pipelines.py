"""Make the models of the table, each with what it does about missing values."""

from importlib import import_module
from typing import Any

from lightgbm import LGBMRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from predictor.learning.estimators import Entry, Missing
from predictor.learning.history import Floats
from predictor.learning.single_precision import in_single_precision
from predictor.learning.vector import Singles

APART = -1.0


def pipeline_of(entry: Entry, seed: int) -> Any:
    """Make an entry's pipeline, not fitted."""
    module, _, name = entry.estimator.partition(":")
    kind = getattr(import_module(module), name)
    return make_pipeline(*_steps(entry.missing), kind(random_state=seed, **entry.arguments))


def fitted(estimator: Any, inputs: Singles, target: Floats) -> Any:
    """Fit, and let the estimator predict in one thread.

    Threads of a forest add up their trees in the order in which they end, so that last digits differ.
    """
    estimator.fit(inputs, target)
    last = estimator[-1] if isinstance(estimator, Pipeline) else estimator
    if "n_jobs" in last.get_params():
        last.set_params(n_jobs=1)
    if isinstance(last, LGBMRegressor):
        in_single_precision(last)
    return estimator


def _steps(missing: Missing) -> list[Any]:
    if missing == "native":
        return []
    apart = SimpleImputer(strategy="constant", fill_value=APART, keep_empty_features=True)
    if missing == "apart":
        return [apart]
    # Both together tell a linear model what is missing; skl2onnx converts no indicator.
    return [make_union(SimpleImputer(strategy="median", keep_empty_features=True), apart), StandardScaler()]
