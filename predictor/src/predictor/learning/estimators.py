"""The table of models: a new one is one more line in `ENTRIES`.

Nothing heavy is imported here: `pipelines` makes what the table names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from predictor.learning.errors import UnknownModelType

Missing = Literal["scaled", "apart", "native"]

JOBS = 2


@dataclass(frozen=True)
class Entry:
    """One model of log(ms).

    Args:
        name: how requests call it.
        estimator: "module:class".
        missing: `scaled` imputes and scales; `apart` puts unknown values below all others, where a tree can
            divide them off; `native` leaves them to the model.
        arguments: of the class.
        over_cost: whether it learns what a line over the planner's cost leaves over, instead of the whole.
    """

    name: str
    estimator: str
    missing: Missing
    arguments: Mapping[str, Any] = field(default_factory=dict)
    over_cost: bool = False


FOREST = {
    "n_estimators": 80,
    "max_leaf_nodes": 256,
    "min_samples_leaf": 3,
    "max_features": 0.4,
    "n_jobs": JOBS,
}
TREE = {"max_leaf_nodes": 64, "min_samples_leaf": 8}
SLOW = {"n_estimators": 150, "learning_rate": 0.08, "max_depth": 4, "max_features": 0.2, "subsample": 0.7}
FAST = {"n_estimators": 300, "learning_rate": 0.05, "subsample": 0.7, "n_jobs": 1}
XGB = FAST | {"max_depth": 5, "colsample_bytree": 0.5, "min_child_weight": 5}
LGBM = FAST | {
    "num_leaves": 15,
    "colsample_bytree": 0.4,
    "subsample_freq": 1,
    "min_child_samples": 10,
    "verbose": -1,
}
HUBER = {"loss": "huber"}
ROBUST_XGB = {"objective": "reg:pseudohubererror"}
ROBUST_LGBM = {"objective": "huber", "alpha": 1.0, "deterministic": True, "force_col_wise": True}

ENTRIES: Mapping[str, Entry] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Entry("linear_regression", "sklearn.linear_model:Ridge", "scaled"),
            Entry("decision_tree", "sklearn.tree:DecisionTreeRegressor", "apart", TREE, over_cost=True),
            Entry("random_forest", "sklearn.ensemble:RandomForestRegressor", "apart", FOREST, over_cost=True),
            Entry(
                "gradient_boosting",
                "sklearn.ensemble:GradientBoostingRegressor",
                "apart",
                SLOW | HUBER,
                over_cost=True,
            ),
            Entry("xgboost", "xgboost:XGBRegressor", "native", XGB | ROBUST_XGB, over_cost=True),
            Entry("lightgbm", "lightgbm:LGBMRegressor", "native", LGBM | ROBUST_LGBM, over_cost=True),
        )
    }
)


def model_types() -> tuple[str, ...]:
    """Name the models that can be trained."""
    return tuple(ENTRIES)


def entry_of(model_type: str) -> Entry:
    """Find a model's entry.

    Raises:
        UnknownModelType: no entry has this name.
    """
    try:
        return ENTRIES[model_type]
    except KeyError:
        raise UnknownModelType(model_type, model_types()) from None
