"""Trees as an ONNX graph in float64, whose thresholds are compared as the library compares them.

https://onnx.ai/onnx/operators/onnx_aiml_TreeEnsembleRegressor.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

INPUT = "features"
OUTPUT = "sums"
OPSETS = {"": 18, "ai.onnx.ml": 3}
IR_VERSION = 9
LEAF = -1

Comparison = Literal["BRANCH_LEQ", "BRANCH_LT"]


@dataclass(frozen=True)
class Tree:
    """One tree by the number of its node; where `left` is -1 there is a leaf.

    `values` are what a leaf adds to each target, [nodes, targets]; `missing_left` tells where NaN goes.
    """

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    missing_left: np.ndarray
    values: np.ndarray


def to_graph(trees: Sequence[Tree], width: int, comparison: Comparison) -> bytes:
    """Write trees whose leaves are summed by target as a graph from float64[n, width]."""
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415 - registration alone needs it

    lists, thresholds, weights = _attributes(trees, comparison)
    targets = trees[0].values.shape[1]
    node = helper.make_node(
        "TreeEnsembleRegressor",
        [INPUT],
        [OUTPUT],
        domain="ai.onnx.ml",
        n_targets=targets,
        aggregate_function="SUM",
        post_transform="NONE",
        nodes_values_as_tensor=numpy_helper.from_array(thresholds, "thresholds"),
        target_weights_as_tensor=numpy_helper.from_array(weights, "weights"),
        **lists,
    )
    graph = helper.make_graph(
        [node],
        "trees",
        [helper.make_tensor_value_info(INPUT, TensorProto.DOUBLE, [None, width])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [None, targets])],
    )
    opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS.items()]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    serialized: bytes = model.SerializeToString()
    return serialized


def _attributes(
    trees: Sequence[Tree], comparison: Comparison
) -> tuple[dict[str, list[Any]], np.ndarray, np.ndarray]:
    sizes = [len(tree.left) for tree in trees]
    of_tree = np.repeat(np.arange(len(trees)), sizes)
    in_tree = np.concatenate([np.arange(size) for size in sizes])
    together = {
        name: np.concatenate([getattr(tree, name) for tree in trees])
        for name in ("feature", "threshold", "left", "right", "missing_left", "values")
    }
    leaf = together["left"] == LEAF
    leaves, targets = np.nonzero((together["values"] != 0) & leaf[:, None])
    lists = {
        "nodes_treeids": of_tree.tolist(),
        "nodes_nodeids": in_tree.tolist(),
        "nodes_featureids": np.where(leaf, 0, together["feature"]).tolist(),
        "nodes_modes": np.where(leaf, "LEAF", comparison).tolist(),
        "nodes_truenodeids": np.where(leaf, 0, together["left"]).tolist(),
        "nodes_falsenodeids": np.where(leaf, 0, together["right"]).tolist(),
        "nodes_missing_value_tracks_true": np.where(leaf, 0, together["missing_left"]).tolist(),
        "target_treeids": of_tree[leaves].tolist(),
        "target_nodeids": in_tree[leaves].tolist(),
        "target_ids": targets.tolist(),
    }
    thresholds = np.where(leaf, 0.0, together["threshold"])
    return lists, thresholds, together["values"][leaves, targets]
