"""Exact contributions along the paths of trees, by the library that each kind of tree has for it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ml_model.serving.shapley import Contributions

SHARES = {"RandomForestClassifier", "ExtraTreesClassifier", "DecisionTreeClassifier", "ExtraTreeClassifier"}
Attribution = Callable[[np.ndarray, int], Contributions]


def attributed(estimator: Any) -> Attribution | None:
    """Give what explains rows as the estimator takes them, or None where it has no trees."""
    kind = type(estimator).__name__
    if kind in SHARES or kind == "HistGradientBoostingClassifier":
        return _by_shap(estimator, probability=kind in SHARES)
    if kind == "LGBMClassifier":
        return lambda features, code: _of_boosted(_lightgbm(estimator, features), code)
    if kind == "XGBClassifier" and estimator.get_booster().feature_types is None and _has_trees(estimator):
        return lambda features, code: _of_boosted(_xgboost(estimator, features), code)
    return None


def _by_shap(estimator: Any, *, probability: bool) -> Attribution:
    import shap  # noqa: PLC0415 - whoever asks for no explanation does not wait for it

    explainer = shap.TreeExplainer(estimator)
    bases = np.atleast_1d(np.asarray(explainer.expected_value, dtype=np.float64))

    def explain(features: np.ndarray, code: int) -> Contributions:
        values = np.asarray(explainer.shap_values(features, check_additivity=False), dtype=np.float64)[0]
        if values.ndim == 1:
            sign = 1.0 if code else -1.0
            return Contributions(sign * float(bases[0]), sign * values, probability)
        return Contributions(float(bases[code]), values[:, code], probability)

    return explain


def _has_trees(estimator: Any) -> bool:
    return str(getattr(estimator, "booster", None) or "gbtree") in {"gbtree", "dart"}


def _lightgbm(estimator: Any, features: np.ndarray) -> np.ndarray:
    found = np.asarray(estimator.booster_.predict(features, pred_contrib=True), dtype=np.float64)[0]
    return np.asarray(found.reshape(-1, features.shape[1] + 1))


def _xgboost(estimator: Any, features: np.ndarray) -> np.ndarray:
    from xgboost import DMatrix  # noqa: PLC0415 - only where the model is one

    found = estimator.get_booster().predict(DMatrix(features), pred_contribs=True)
    return np.asarray(np.asarray(found, dtype=np.float64)[0].reshape(-1, features.shape[1] + 1))


def _of_boosted(table: np.ndarray, code: int) -> Contributions:
    """Take a class's line, whose last number is the base; with one line it is the second class's."""
    if len(table) == 1:
        sign = 1.0 if code else -1.0
        return Contributions(sign * float(table[0, -1]), sign * table[0, :-1])
    return Contributions(float(table[code, -1]), table[code, :-1])
