"""Trees out of the libraries that grew them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ml_model.serving.tree_graph import LEAF, Comparison, Tree
from ml_model.serving.unsupported import NotCompilable

TWO = 2
Rounding = Literal["float32", "tiny_is_zero", "none"]
FLOAT32: Rounding = "float32"
TINY_IS_ZERO: Rounding = "tiny_is_zero"
NONE: Rounding = "none"


@dataclass(frozen=True)
class Ensemble:
    """Trees with what makes probabilities of their sums; see `TreeHead`."""

    trees: tuple[Tree, ...]
    width: int
    comparison: Comparison
    link: Literal["mean", "softmax", "sigmoid"]
    base: np.ndarray
    divisor: float
    rounding: Rounding


def read_trees(estimator: Any) -> Ensemble:
    """Read the trees of any kind of model that has them.

    Raises:
        NotCompilable
    """
    reader = _READERS.get(type(estimator).__name__)
    if reader is None:
        raise NotCompilable(f"{type(estimator).__name__} has no trees that can be read")
    return reader(estimator)


def _decision_trees(estimator: Any) -> Ensemble:
    parts = getattr(estimator, "estimators_", [estimator])
    if estimator.n_outputs_ != 1:
        raise NotCompilable("it predicts several targets at once")
    trees = tuple(_decision_tree(part.tree_) for part in parts)
    width = int(estimator.n_features_in_)
    base = np.zeros(len(estimator.classes_))
    return Ensemble(trees, width, "BRANCH_LEQ", "mean", base, float(len(parts)), rounding=FLOAT32)


def _decision_tree(tree: Any) -> Tree:
    return Tree(
        feature=tree.feature.astype(np.int64),
        threshold=tree.threshold.astype(np.float64),
        left=tree.children_left.astype(np.int64),
        right=tree.children_right.astype(np.int64),
        missing_left=np.asarray(tree.missing_go_to_left).astype(np.int64),
        values=tree.value[:, 0, :].astype(np.float64),
    )


def _histogram_trees(estimator: Any) -> Ensemble:
    if estimator.is_categorical_ is not None and np.any(estimator.is_categorical_):
        raise NotCompilable("its trees split by categories")
    targets = estimator.n_trees_per_iteration_
    trees = tuple(
        _histogram_tree(predictor.nodes, target, targets)
        for iteration in estimator._predictors
        for target, predictor in enumerate(iteration)
    )
    base = np.asarray(estimator._baseline_prediction, dtype=np.float64).reshape(1, targets)
    link: Literal["softmax", "sigmoid"] = "softmax" if targets > 1 else "sigmoid"
    width = int(estimator.n_features_in_)
    return Ensemble(trees, width, "BRANCH_LEQ", link, base, 1.0, rounding=NONE)


def _histogram_tree(nodes: np.ndarray, target: int, targets: int) -> Tree:
    leaf = nodes["is_leaf"].astype(bool)
    return Tree(
        feature=nodes["feature_idx"].astype(np.int64),
        threshold=nodes["num_threshold"].astype(np.float64),
        left=np.where(leaf, LEAF, nodes["left"].astype(np.int64)),
        right=np.where(leaf, LEAF, nodes["right"].astype(np.int64)),
        missing_left=nodes["missing_go_to_left"].astype(np.int64),
        values=_only(nodes["value"], target, targets),
    )


def _only(values: np.ndarray, target: int, targets: int) -> np.ndarray:
    spread = np.zeros((len(values), targets))
    spread[:, target] = values
    return spread


def _xgboost(estimator: Any) -> Ensemble:
    learner = json.loads(estimator.get_booster().save_raw("json"))["learner"]
    booster = learner["gradient_booster"]
    model = booster.get("gbtree", booster)["model"]
    if "trees" not in model or learner["objective"]["name"] not in {"multi:softprob", "binary:logistic"}:
        raise NotCompilable("this kind of booster has no compiled form")
    targets = len(estimator.classes_) if len(estimator.classes_) > TWO else 1
    weights = booster.get("weight_drop") or [1.0] * len(model["trees"])
    trees = tuple(
        _xgboost_tree(tree, weight, target, targets)
        for tree, weight, target in zip(model["trees"], weights, model["tree_info"], strict=True)
    )
    base = np.array(json.loads(learner["learner_model_param"]["base_score"].lower()), ndmin=2)
    if targets == 1:
        base = np.log(base / (1.0 - base))
    link: Literal["softmax", "sigmoid"] = "softmax" if targets > 1 else "sigmoid"
    width = int(estimator.n_features_in_)
    return Ensemble(trees, width, "BRANCH_LT", link, base, 1.0, rounding=FLOAT32)


def _xgboost_tree(tree: Mapping[str, Any], weight: float, target: int, targets: int) -> Tree:
    if any(tree["split_type"]):
        raise NotCompilable("its trees split by categories")
    left = np.array(tree["left_children"], dtype=np.int64)
    # A leaf's value stands where an inner node has its threshold; both are float32.
    conditions = np.array(tree["split_conditions"], dtype=np.float32).astype(np.float64)
    return Tree(
        feature=np.array(tree["split_indices"], dtype=np.int64),
        threshold=conditions,
        left=left,
        right=np.array(tree["right_children"], dtype=np.int64),
        missing_left=np.array(tree["default_left"], dtype=np.int64),
        values=_only(conditions * weight * (left == LEAF), target, targets),
    )


def _lightgbm(estimator: Any) -> Ensemble:
    document = estimator.booster_.dump_model()
    targets = int(document["num_tree_per_iteration"])
    objective = document["objective"].split()
    if objective[0] not in {"multiclass", "binary"} or document["average_output"]:
        raise NotCompilable("this kind of booster has no compiled form")
    trees = tuple(
        _lightgbm_tree(tree["tree_structure"], number % targets, targets)
        for number, tree in enumerate(document["tree_info"])
    )
    link: Literal["softmax", "sigmoid"] = "softmax" if targets > 1 else "sigmoid"
    width = int(document["max_feature_idx"]) + 1
    base = np.zeros((1, targets))
    return Ensemble(trees, width, "BRANCH_LEQ", link, base, 1.0, rounding=TINY_IS_ZERO)


def _lightgbm_tree(root: Mapping[str, Any], target: int, targets: int) -> Tree:
    nodes: list[Mapping[str, Any]] = [root]
    left: list[int] = []
    right: list[int] = []
    for node in nodes:  # grows while it is walked
        if "leaf_value" in node:
            left.append(LEAF)
            right.append(LEAF)
            continue
        if node["decision_type"] != "<=" or node["missing_type"] == "Zero":
            raise NotCompilable("its trees split by categories, or take zero for missing")
        left.append(len(nodes))
        right.append(len(nodes) + 1)
        nodes += [node["left_child"], node["right_child"]]
    return Tree(
        feature=np.array([node.get("split_feature", 0) for node in nodes], dtype=np.int64),
        threshold=np.array([node.get("threshold", 0.0) for node in nodes], dtype=np.float64),
        left=np.array(left, dtype=np.int64),
        right=np.array(right, dtype=np.int64),
        missing_left=np.array([bool(node.get("default_left")) for node in nodes]).astype(np.int64),
        values=_only(np.array([node.get("leaf_value", 0.0) for node in nodes]), target, targets),
    )


_READERS: dict[str, Callable[[Any], Ensemble]] = {
    "DecisionTreeClassifier": _decision_trees,
    "ExtraTreeClassifier": _decision_trees,
    "RandomForestClassifier": _decision_trees,
    "ExtraTreesClassifier": _decision_trees,
    "HistGradientBoostingClassifier": _histogram_trees,
    "XGBClassifier": _xgboost,
    "LGBMClassifier": _lightgbm,
}
