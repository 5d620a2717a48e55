import numpy as np
import pytest

from predictor.learning.errors import TooFewFingerprints
from predictor.learning.history import History
from predictor.learning.splitting import MOST_ROWS, place, split, thinned


def queries_of(history, chosen):
    return set(history.query_hash[chosen].tolist())


def test_no_query_is_both_learnt_from_and_judged_on(history):
    sides = split(history, 42)
    assert queries_of(history, sides.calibration).isdisjoint(queries_of(history, sides.test))
    assert queries_of(history, sides.learning) <= queries_of(history, sides.calibration)


def test_what_is_learnt_from_lies_before_the_cut_and_the_test_after_it(history):
    sides = split(history, 42)
    assert history.window_start[sides.learning].max() < sides.cut <= history.window_start[sides.test].min()


def test_a_query_is_in_one_fold_only_and_the_folds_are_alike(history):
    sides = split(history, 42)
    folds = {
        query: set(sides.fold[(history.query_hash == query) & sides.calibration].tolist())
        for query in queries_of(history, sides.calibration)
    }
    assert all(len(fold) == 1 for fold in folds.values())
    sizes = np.bincount([fold.pop() for fold in folds.values()])
    assert sizes.max() - sizes.min() <= 1
    assert (sides.fold[~sides.calibration] == -1).all()


def test_a_query_keeps_its_side_when_history_grows(synthetic):
    small, large = synthetic(rows=300, queries=40), synthetic(rows=900, queries=90)
    inside_small, inside_large = split(small, 42), split(large, 42)
    both = set(small.query_hash.tolist())
    held_out_then = {query for query in both if place(query, 42) < 0.2}
    assert queries_of(small, inside_small.calibration) == both - held_out_then
    assert queries_of(large, inside_large.calibration) & both == both - held_out_then


def test_another_seed_holds_out_other_queries(history):
    assert queries_of(history, split(history, 1).test) != queries_of(history, split(history, 2).test)


def test_a_fifth_of_many_queries_is_held_out():
    share = np.mean([place(query, 42) < 0.2 for query in range(20_000)])
    assert share == pytest.approx(0.2, abs=0.01)


def test_history_of_one_window_is_split_by_query_alone(history):
    one_window = history.rows(np.arange(len(history)))
    one_window.window_start[:] = 7.0
    sides = split(one_window, 42)
    assert sides.cut is None
    assert (sides.learning | sides.test).all()


def test_a_long_history_is_thinned_to_as_many_rows_of_each_query():
    count = MOST_ROWS * 2
    query_hash = np.where(np.arange(count) < 100, 1, 2 + np.arange(count) % 7).astype(np.int64)
    long = History(query_hash, np.arange(count, dtype=float), np.zeros((count, 1)), np.ones(count))
    kept = thinned(long, 42)
    _, counts = np.unique(kept.query_hash, return_counts=True)
    assert len(kept) == MOST_ROWS
    assert counts[0] == 100
    assert counts[1:].max() - counts[1:].min() <= 1
    assert (np.diff(kept.window_start) > 0).all()
    assert (thinned(long, 42).window_start == kept.window_start).all()


def test_a_short_history_is_kept_whole(history):
    assert thinned(history, 42) is history


@pytest.mark.parametrize("queries", [1, 2, 9])
def test_too_few_queries_are_refused_in_one_sentence(synthetic, queries):
    with pytest.raises(TooFewFingerprints, match=r"to learn from: [0-7] < 8; collect"):
        split(synthetic(rows=200, queries=queries), 42)


@pytest.mark.parametrize("seed", range(20))
def test_twenty_queries_are_enough_whatever_the_seed(synthetic, seed):
    sides = split(synthetic(rows=100, queries=20), seed)
    assert sides.test.any()
    assert sides.learning.any()
