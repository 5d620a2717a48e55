import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier

from ml_model.serving.compilation import unwrapped
from ml_model.serving.quick_scorer import FEWEST_ROWS, QuickScorer, quick_scorer
from ml_model.serving.tree_graph import INPUT, Tree
from ml_model.serving.tree_head import TreeHead
from modelcatalogue.pipelines import build

MODELS = [
    ("RandomForest", {"n_estimators": 20}),
    ("DecisionTree", {}),
    ("HistGradientBoosting", {"max_iter": 20}),
    ("XGBoost", {"n_estimators": 10}),
    ("LightGBM", {"n_estimators": 10}),
]


def many_rows(features):
    """Give 700 rows: wines with noise, some values missing, some exactly at what was seen."""
    random = np.random.default_rng(42)
    base = features.to_numpy()[random.integers(len(features), size=700)]
    rows = base + random.normal(size=base.shape) * features.std().to_numpy() * random.integers(0, 2, (700, 1))
    rows[random.random(rows.shape) < 0.05] = np.nan
    return rows


@pytest.mark.parametrize("wanted", MODELS, ids=str)
def test_many_rows_get_the_sums_that_the_graph_gives_each(wine_sets, wanted):
    name, hyperparameters = wanted
    features, target = wine_sets["training"]
    fitted = build(name, hyperparameters, "none").fit(features, target).steps[-1][1]
    head = TreeHead.of(unwrapped(fitted))
    assert head.quick is not None
    rows = many_rows(features)
    one_by_one = np.concatenate([head.run(None, {INPUT: rows[place : place + 1]})[0] for place in range(700)])
    many = head.quick.sums(rows)
    np.testing.assert_allclose(many, one_by_one, atol=1e-5)
    singles = np.concatenate([head.quick.sums(rows[place : place + 1]) for place in range(700)])
    np.testing.assert_array_equal(singles, many)


def test_a_forest_of_many_leaves_gives_scikit_learns_probabilities_to_the_last_digit(wine_sets):
    features, target = wine_sets["training"]
    forest = ExtraTreesClassifier(30, random_state=42).fit(features.to_numpy(), target)
    head = TreeHead.of(forest)
    assert head.quick is not None
    assert head.quick.masks.dtype == np.uint64
    rows = np.nan_to_num(many_rows(features))
    np.testing.assert_array_equal(head.answer(rows)[1], forest.predict_proba(rows))


def test_what_was_written_answers_alike(wine_sets):
    features, target = wine_sets["training"]
    head = TreeHead.of(build("RandomForest", {"n_estimators": 5}, "none").fit(features, target).steps[-1][1])
    document, arrays = head.written()
    read = TreeHead.read(document, arrays)
    rows = np.nan_to_num(many_rows(features))
    np.testing.assert_array_equal(read.answer(rows)[1], head.answer(rows)[1])
    older = TreeHead.read(document, {name: value for name, value in arrays.items() if "quick" not in name})
    assert older.quick is None
    np.testing.assert_allclose(older.answer(rows)[1], head.answer(rows)[1], atol=1e-6)


def test_a_row_at_a_threshold_goes_where_the_comparison_says():
    rows = np.full((FEWEST_ROWS, 1), 2.0)
    at = stump(2.0)
    assert sums(at, "BRANCH_LEQ", rows) == {10.0}
    assert sums(at, "BRANCH_LT", rows) == {20.0}
    assert sums(at, "BRANCH_LEQ", rows[:1]) == {10.0}
    assert sums(at, "BRANCH_LT", rows[:1]) == {20.0}


@pytest.mark.parametrize(("missing_left", "expected"), [(1, 10.0), (0, 20.0)])
def test_what_is_missing_goes_where_the_node_says(missing_left, expected):
    tree = stump(2.0, missing_left)
    assert sums(tree, "BRANCH_LEQ", np.full((3, 1), np.nan)) == {expected}
    assert sums(tree, "BRANCH_LEQ", np.full((1, 1), np.nan)) == {expected}


@pytest.mark.parametrize("trees", [[], ["leaf"]], ids=["more leaves than bits", "no node"])
def test_other_trees_have_none(trees):
    if trees:
        none = np.array([0])
        tree = Tree(none, none.astype(float), none - 1, none - 1, none, np.ones((1, 1)))
    else:
        tree = chain(65)
    assert quick_scorer([tree], "BRANCH_LEQ") is None
    assert quick_scorer([chain(64)], "BRANCH_LEQ") is not None


def test_a_forest_whose_masks_would_take_too_much_memory_has_none():
    assert quick_scorer([chain(60, offset=100.0 * number) for number in range(150)], "BRANCH_LEQ") is None


def sums(tree, comparison, rows):
    scorer = quick_scorer([tree], comparison)
    assert isinstance(scorer, QuickScorer)
    return set(scorer.sums(rows).ravel().tolist())


def stump(threshold, missing_left=0):
    return Tree(
        feature=np.array([0, 0, 0]),
        threshold=np.array([threshold, 0.0, 0.0]),
        left=np.array([1, -1, -1]),
        right=np.array([2, -1, -1]),
        missing_left=np.array([missing_left, 0, 0]),
        values=np.array([[0.0], [10.0], [20.0]]),
    )


def chain(leaves, offset=0.0):
    """Give a tree of so many leaves, each node's right branch being the next node."""
    size = 2 * leaves - 1
    left, right = np.full(size, -1), np.full(size, -1)
    inner = np.arange(0, size - 1, 2)
    left[inner], right[inner] = inner + 1, inner + 2
    return Tree(
        feature=np.zeros(size, dtype=int),
        threshold=np.arange(size) + offset,
        left=left,
        right=right,
        missing_left=np.zeros(size, dtype=int),
        values=np.arange(size, dtype=float)[:, None],
    )
