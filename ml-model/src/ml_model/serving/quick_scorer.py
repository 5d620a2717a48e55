"""Many rows through many small trees at once, by bit masks in place of walks from node to node.

Each inner node is a mask that leaves out the leaves of its left branch; a row's leaf is the first one that
the masks of all nodes whose condition fails leave. Lucchese et al., QuickScorer, SIGIR 2015
(https://doi.org/10.1145/2766462.2767733). Here the masks of one feature are combined beforehand for each
place between its thresholds, so that numpy does the rest.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from ml_model.serving.tree_graph import LEAF, Comparison, Tree

FEWEST_ROWS = 64
"""Fewer rows, but for a single one, take a walk from node to node as little time."""

_WORDS = (np.uint16, np.uint32, np.uint64)
_BITS_OF_BYTE = 8
_MOST_BYTES = 8 * 1024 * 1024
_BLOCK_ROWS = 256  # its arrays stay in the processor's cache
_PREFIX = "quick."


@dataclass(frozen=True)
class QuickScorer:
    """What the leaves of trees add up to.

    Args:
        features: int64[f], the features that any tree asks about.
        starts: int64[f + 1], where the thresholds of each begin.
        thresholds: float64[m], ascending for each feature.
        masks: uint[m + 2 f, trees]: for each feature a row for every place between its thresholds, then one
            for NaN.
        leaves: float64[targets, trees * bits], what each leaf adds.
        side: of `numpy.searchsorted`: `left` where a row goes left when it equals a threshold, else `right`.
    """

    features: np.ndarray
    starts: np.ndarray
    thresholds: np.ndarray
    masks: np.ndarray
    leaves: np.ndarray
    side: str

    def sums(self, rows: np.ndarray) -> np.ndarray:
        """Add up the leaves of rows[n, k], in the order of the trees: float64[n, targets]."""
        if len(rows) == 1:
            return self.sums_of_one(rows[0].tolist())
        places = self._mask_places(rows)
        sums = np.empty((len(self.leaves), len(rows)))
        for start in range(0, len(rows), _BLOCK_ROWS):
            leaves = self._leaf_places(places[:, start : start + _BLOCK_ROWS])
            added = np.empty(leaves.shape)
            for target, values in enumerate(self.leaves):
                # `clip` lets numpy write straight into `out`; no place is out of range.
                values.take(leaves, out=added, mode="clip")
                added.sum(axis=0, out=sums[target, start : start + _BLOCK_ROWS])
        return np.ascontiguousarray(sums.T)

    def sums_of_one(self, row: list[float]) -> np.ndarray:
        """Do the same for one row, with as few calls of numpy as can be: float64[1, targets]."""
        places = [
            first + (find(thresholds, row[feature]) if row[feature] == row[feature] else len(thresholds) + 1)
            for feature, first, thresholds, find in self._searches
        ]
        left = np.bitwise_and.reduce(self.masks.take(places, axis=0), axis=0)
        leaf = np.bitwise_count(~left & (left - self.masks.dtype.type(1)))
        return np.asarray(self._by_place.take(leaf + self._first_places, axis=0).sum(axis=0, keepdims=True))

    @cached_property
    def _searches(self) -> list[tuple[int, int, list[float], Any]]:
        """Give each feature, where its masks begin, its thresholds, and how they are searched."""
        find = bisect_left if self.side == "left" else bisect_right
        return [
            (feature, int(first) + 2 * number, self.thresholds[first:end].tolist(), find)
            for number, (feature, first, end) in enumerate(
                zip(self.features.tolist(), self.starts[:-1], self.starts[1:], strict=True)
            )
        ]

    @cached_property
    def _by_place(self) -> np.ndarray:
        return np.ascontiguousarray(self.leaves.T)

    @cached_property
    def _first_places(self) -> np.ndarray:
        trees = self.masks.shape[1]
        return np.asarray(np.arange(trees) * (self.leaves.shape[1] // trees))

    def _mask_places(self, rows: np.ndarray) -> np.ndarray:
        """Give the place in `masks` that each feature's value leads each row to: intp[f, n]."""
        places = np.empty((len(self.features), len(rows)), dtype=np.intp)
        missing = np.isnan(rows)
        some = missing.any()
        for number, feature in enumerate(self.features.tolist()):
            # A feature's masks have two rows more than it has thresholds: below all, and NaN.
            first, end = self.starts[number], self.starts[number + 1]
            place = self.thresholds[first:end].searchsorted(rows[:, feature], side=self.side)  # type: ignore[call-overload]
            np.add(place, first + 2 * number, out=places[number])
            if some:
                places[number, missing[:, feature]] = end + 2 * number + 1
        return places

    def _leaf_places(self, mask_places: np.ndarray) -> np.ndarray:
        """Give the place in `leaves` that each tree leads each row to: intp[trees, n]."""
        left = self.masks.take(mask_places[0], axis=0)
        found = np.empty_like(left)
        for places in mask_places[1:]:
            self.masks.take(places, axis=0, out=found, mode="clip")
            np.bitwise_and(left, found, out=left)
        np.subtract(left, self.masks.dtype.type(1), out=found)
        np.bitwise_xor(left, found, out=found)  # ones as far as the first leaf that is left
        return np.asarray(np.bitwise_count(found).T + (self._first_places[:, None] - 1))

    def written(self) -> dict[str, np.ndarray]:
        """Give the constants as arrays."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        arrays["side"] = np.array([self.side == "left"])
        return {_PREFIX + name: value for name, value in arrays.items()}

    @classmethod
    def read(cls, arrays: Mapping[str, np.ndarray]) -> "QuickScorer | None":
        """Read what `written` gave; None where there is nothing of it."""
        found: dict[str, Any] = {
            name.removeprefix(_PREFIX): value for name, value in arrays.items() if name.startswith(_PREFIX)
        }
        if not found:
            return None
        return cls(**found | {"side": "left" if found["side"][0] else "right"})


def quick_scorer(trees: Sequence[Tree], comparison: Comparison) -> QuickScorer | None:
    """Combine the masks of trees; None where a tree has more leaves than a word has bits, or no node."""
    most = max(int((tree.left == LEAF).sum()) for tree in trees)
    word = next((word for word in _WORDS if most <= _BITS_OF_BYTE * np.dtype(word).itemsize), None)
    nodes = [node for number, tree in enumerate(trees) for node in _nodes(number, tree)]
    if word is None or not nodes or not _is_small(nodes, len(trees), np.dtype(word).itemsize):
        return None
    features = sorted({node.feature for node in nodes})
    parts = [
        _of_feature([node for node in nodes if node.feature == each], len(trees), word) for each in features
    ]
    return QuickScorer(
        np.array(features, dtype=np.int64),
        np.cumsum([0, *(len(thresholds) for thresholds, _ in parts)]),
        np.concatenate([thresholds for thresholds, _ in parts]),
        np.concatenate([masks for _, masks in parts]),
        _leaves(trees, _BITS_OF_BYTE * np.dtype(word).itemsize),
        "left" if comparison == "BRANCH_LEQ" else "right",
    )


@dataclass(frozen=True)
class _Node:
    """An inner node: which leaves its right branch leaves out, as bits."""

    tree: int
    feature: int
    threshold: float
    missing_left: bool
    left_leaves: int


def _nodes(number: int, tree: Tree) -> list[_Node]:
    bit = {node: 1 << place for place, node in enumerate(_in_order(tree))}
    leaves: dict[int, int] = {}
    for node in reversed(_preorder(tree)):
        inner = tree.left[node] != LEAF
        leaves[node] = leaves[int(tree.left[node])] | leaves[int(tree.right[node])] if inner else bit[node]
    return [
        _Node(
            number,
            int(tree.feature[node]),
            float(tree.threshold[node]),
            bool(tree.missing_left[node]),
            leaves[int(tree.left[node])],
        )
        for node in leaves
        if tree.left[node] != LEAF
    ]


def _preorder(tree: Tree) -> list[int]:
    """Name the nodes, each before those below it and the left ones first."""
    order, waiting = [], [0]
    while waiting:
        node = waiting.pop()
        order.append(node)
        if tree.left[node] != LEAF:
            waiting += [int(tree.right[node]), int(tree.left[node])]
    return order


def _in_order(tree: Tree) -> list[int]:
    return [node for node in _preorder(tree) if tree.left[node] == LEAF]


def _is_small(nodes: Sequence[_Node], trees: int, word_bytes: int) -> bool:
    rows = len({(node.feature, node.threshold) for node in nodes}) + 2 * len({node.feature for node in nodes})
    return rows * trees * word_bytes <= _MOST_BYTES


def _of_feature(nodes: Sequence[_Node], trees: int, word: Any) -> tuple[np.ndarray, np.ndarray]:
    """Give a feature's thresholds, and the masks of all places between them and of NaN."""
    thresholds = np.unique([node.threshold for node in nodes])
    masks = np.full((len(thresholds) + 2, trees), np.iinfo(word).max, dtype=word)
    for node in nodes:
        mask = word(np.iinfo(word).max ^ node.left_leaves)
        masks[np.searchsorted(thresholds, node.threshold) + 1, node.tree] &= mask
        if not node.missing_left:
            masks[-1, node.tree] &= mask
    np.bitwise_and.accumulate(masks[:-1], axis=0, out=masks[:-1])
    return thresholds, masks


def _leaves(trees: Sequence[Tree], bits: int) -> np.ndarray:
    leaves = np.zeros((trees[0].values.shape[1], len(trees), bits))
    for number, tree in enumerate(trees):
        order = _in_order(tree)
        leaves[:, number, : len(order)] = tree.values[order].T
    return leaves.reshape(len(leaves), -1)
