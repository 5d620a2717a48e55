"""Rows on which a compiled form must agree with the pipeline that it was made of."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ml_model.serving.signature import Field, Signature
from ml_model.serving.tree_graph import LEAF, Tree

SEED = 42
GENERATED_ROWS = 1_000
MOST_TRAINING_ROWS = 50_000
MOST_THRESHOLDS = 300
LARGE = (1e3, 1e6, 1e30)
Rows = list[list[Any]]


def raw_probes(
    signature: Signature, example: Sequence[Any], training: Sequence[Sequence[Any]], pipeline: Any
) -> Rows:
    """Give rows as callers send them: those of training, others like them, and edges."""
    random = np.random.default_rng(SEED)
    known = [list(row) for row in training]
    if len(known) > MOST_TRAINING_ROWS:
        chosen = np.sort(random.choice(len(known), MOST_TRAINING_ROWS, replace=False))
        known = [known[place] for place in chosen]
    around = [
        None if field.kind == "category" else _around(place, example, known, pipeline)
        for place, field in enumerate(signature.fields)
    ]
    pairs = zip(signature.fields, around, strict=True)
    columns = [_column(field, where, random) for field, where in pairs]
    generated = [list(row) for row in zip(*columns, strict=True)]
    return [*known, *generated, *_edges(signature, list(example), generated[0])]


def _column(field: Field, around: tuple[float, float] | None, random: np.random.Generator) -> list[Any]:
    if around is None:
        values = [*(field.categories or ()), "a value that was never seen"]
        return [values[number] for number in random.integers(0, len(values), GENERATED_ROWS)]
    if field.kind == "boolean":
        return [float(number) for number in random.integers(0, 2, GENERATED_ROWS)]
    drawn = random.normal(*around, GENERATED_ROWS)
    return [float(number) for number in (np.rint(drawn) if field.kind == "integer" else drawn)]


def _around(place: int, example: Sequence[Any], known: Rows, pipeline: Any) -> tuple[float, float]:
    """Tell where a column's values are, by training rows, else by the scaler, else by the example."""
    if known:
        values = np.array([row[place] for row in known], dtype=np.float64)
        values = values[np.isfinite(values)]
        if len(values):
            return float(values.mean()), 1.5 * float(values.std()) + 1e-9
    scaler: Any = getattr(pipeline, "named_steps", {}).get("scaler")
    means, scales = getattr(scaler, "mean_", None), getattr(scaler, "scale_", None)
    if means is not None and scales is not None and len(means) == len(example):
        return float(means[place]), 1.5 * float(scales[place])
    value = float(example[place])
    value = value if np.isfinite(value) else 0.0
    return value, abs(value) / 2 + 1.0


def _edges(signature: Signature, example: list[Any], row: list[Any]) -> Rows:
    """Give what is missing, zero, very large and very small, alone and in every column at once."""
    numbers = [place for place, field in enumerate(signature.fields) if field.kind != "category"]
    extremes = [0.0, *(sign * large for large in LARGE for sign in (1.0, -1.0)), 1e-30]
    edges = [example, *(_with(example, numbers, value) for value in extremes)]
    few = numbers[:100]
    edges += [_with(row, [place], value) for place in few for value in extremes]
    if signature.imputes:
        every = range(len(example))
        edges += [_with(row, [place], float("nan")) for place in list(every)[:100]]
        edges.append(_with(row, list(every), float("nan")))
    return edges


def _with(row: list[Any], places: Sequence[int], value: float) -> list[Any]:
    changed = list(row)
    for place in places:
        changed[place] = value
    return changed


def threshold_probes(trees: Sequence[Tree], width: int, like: np.ndarray) -> np.ndarray:
    """Give rows as the model proper takes them, exactly at thresholds of its trees and one step beside.

    The steps are one unit in the last place, of float32 and of float64.
    """
    feature = np.concatenate([tree.feature[tree.left != LEAF] for tree in trees])
    threshold = np.concatenate([tree.threshold[tree.left != LEAF] for tree in trees])
    finite = np.isfinite(threshold)
    feature, threshold = feature[finite], threshold[finite]
    random = np.random.default_rng(SEED)
    if len(feature) > MOST_THRESHOLDS:
        chosen = random.choice(len(feature), MOST_THRESHOLDS, replace=False)
        feature, threshold = feature[chosen], threshold[chosen]
    if not len(feature):
        return np.empty((0, width))
    narrow = threshold.astype(np.float32)
    values = np.stack(
        [
            threshold,
            np.nextafter(threshold, np.inf),
            np.nextafter(threshold, -np.inf),
            narrow.astype(np.float64),
            np.nextafter(narrow, np.float32(np.inf)).astype(np.float64),
            np.nextafter(narrow, np.float32(-np.inf)).astype(np.float64),
        ],
        axis=1,
    )
    rows = like[random.integers(0, len(like), values.size)].copy()
    rows[np.arange(values.size), np.repeat(feature, values.shape[1])] = values.ravel()
    return rows


def prepared(rows: Rows, numeric: bool) -> Any:
    """Give rows in the form that models are asked with."""
    return np.array(rows, dtype=np.float64) if numeric else rows
