"""The workload's queries: different ones, the same ones for the same seed."""

# ruff: noqa: S311 - chance that can be repeated

import random
import re
from collections import Counter

from predictor.workload.shapes import POOL, shapes


def fingerprint(text):
    """Take constants out of a query's text, as PostgreSQL's statistics do."""
    return re.sub(r"\$\d+|'[^']*'|\b\d+(\.\d+)?\b", "?", text)


def test_there_are_fifteen_hundred_queries_that_differ_in_more_than_constants():
    assert len({fingerprint(shape.text) for shape in shapes()}) == len(shapes()) == POOL == 1500


def test_a_querys_constants_vary_and_its_fingerprint_does_not():
    for shape in shapes(300):
        texts = {shape.render(random.Random(seed)) for seed in range(20)}
        lists = {re.sub(r"\?(, \?)+", "?", fingerprint(text)) for text in texts}
        assert lists == {fingerprint(shape.text)}, shape
        assert len(texts) > 1 or not shape.draws, shape


def test_fingerprints_are_numbered_from_4001_whatever_their_number():
    assert [shape.query_hash for shape in shapes(200)] == list(range(4001, 4201))
    assert shapes(200) == shapes()[:200]


def test_the_seed_decides_the_queries():
    shapes.__globals__["_pool"].cache_clear()
    first = shapes(100, 42)
    shapes.__globals__["_pool"].cache_clear()
    assert shapes(100, 42) == first
    assert {shape.text for shape in shapes(100, 43)} != {shape.text for shape in first}


def test_any_first_queries_are_a_fair_mix():
    whole = Counter(shape.family for shape in shapes())
    first = Counter(shape.family for shape in shapes(300))
    assert first.keys() == whole.keys()
    assert all(abs(first[family] - count / 5) <= 4 for family, count in whole.items())


def test_some_queries_have_a_twin_on_the_tables_with_indexes_and_most_have_none():
    by_hash = {shape.query_hash: shape for shape in shapes()}
    without = [shape for shape in shapes() if shape.twin is not None]
    assert POOL / 15 < len(without) < POOL / 8
    assert 0.4 < sum(shape.indexed for shape in shapes()) / POOL < 0.6
    for shape in without:
        twin = by_hash[shape.twin]
        assert not shape.indexed
        assert twin.indexed
        assert twin.twin is None
        assert twin.text == shape.text.replace("shop_bare.", "shop.")
