import numpy as np
import pytest
from scipy.stats import binom

from predictor.learning.calibration import Calibration
from predictor.learning.conformal import balanced, calibrate, conformalized
from predictor.learning.errors import InvalidLevel

LEVELS = (0.5, 0.6827, 0.8, 0.9, 0.95, 0.97)


@pytest.fixture(scope="module")
def triples():
    """Predicted log(ms), difficulty and true log(ms) of 400 rows."""
    generator = np.random.default_rng(3)
    predicted, difficulty = generator.normal(2, 1, 400), generator.uniform(0.1, 0.6, 400)
    return np.column_stack([predicted, difficulty, predicted + difficulty * generator.normal(0, 1, 400)])


@pytest.mark.parametrize("level", LEVELS)
def test_one_row_for_each_query_gives_the_interval_of_mapie(triples, level):
    calibration = calibrate(triples, np.arange(400), seed=1)
    rows = triples[:30]
    _, bounds = conformalized(triples, level).predict_interval(rows[:, :2])
    width = calibration.quantile(level) * rows[:, 1]
    assert np.allclose(bounds[:, 0, 0], rows[:, 0] - width, atol=1e-12)
    assert np.allclose(bounds[:, 1, 0], rows[:, 0] + width, atol=1e-12)


@pytest.mark.parametrize("level", LEVELS)
def test_several_rows_of_a_query_give_mapies_interval_at_the_level_that_counts_queries(triples, level):
    queries, each = 80, 5
    calibration = calibrate(triples, np.repeat(np.arange(queries), each), seed=1)
    rows = queries * each
    counted = level * (queries + 1) / queries * rows / (rows + 1)
    _, bounds = conformalized(triples, counted).predict_interval(triples[:30, :2])
    assert np.allclose(bounds[:, 1, 0], triples[:30, 0] + calibration.quantile(level) * triples[:30, 1])
    assert calibration.quantile(level) >= calibrate(triples, np.arange(400), seed=1).quantile(level)


def test_intervals_cover_new_queries_within_binomial_bounds():
    generator = np.random.default_rng(11)
    covered, trials, level = 0, 2_000, 0.9
    for _ in range(trials):
        # Half of a row's error is its query's: rows of one query are far from independent.
        errors = generator.normal(0, 1, (21, 1)) + generator.normal(0, 1, (21, 4))
        known = np.column_stack([np.zeros(80), np.ones(80), errors[:20].ravel()])
        calibration = Calibration(np.sort(np.abs(known[:, 2])), 20)
        covered += abs(errors[20, 0]) <= calibration.quantile(level)
    # At least the level, and at most by one query in 21 above it.
    assert binom.ppf(0.001, trials, level) <= covered <= binom.ppf(0.999, trials, level + 1 / 21)


def test_too_few_queries_have_no_bound_and_say_how_many_are_needed():
    calibration = Calibration(np.linspace(0.1, 2.0, 120 * 5), 120)
    assert calibration.quantile(0.99) is not None
    assert calibration.quantile(0.995) is None
    assert calibration.lacking(0.995) == (
        "199 calibration fingerprints are needed for a 99.5 % interval, there are 120."
    )


@pytest.mark.parametrize("queries", [1, 2, 9, 10, 19, 99])
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_the_number_that_is_named_is_the_number_that_suffices(queries, level):
    calibration = Calibration(np.arange(1.0, queries + 1.0), queries)
    needed = int(calibration.lacking(level).split()[0])
    assert (calibration.quantile(level) is None) == (queries < needed)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.5, 90.0, float("nan")])
def test_a_level_that_is_no_probability_is_refused(level):
    with pytest.raises(InvalidLevel, match="lies above 0 and below 1"):
        Calibration(np.arange(5.0), 5).quantile(level)


def test_a_higher_level_never_gives_a_narrower_interval(triples):
    calibration = calibrate(triples, np.arange(400) // 4, seed=1)
    found = [calibration.quantile(level) for level in np.linspace(0.01, 0.99, 99)]
    assert found == sorted(found)


def test_a_probability_grows_with_the_score_and_is_never_certain():
    calibration = Calibration(np.linspace(0.1, 2.0, 50), 50)
    found = [calibration.share_within(score) for score in (0.0, 0.5, 1.0, 5.0)]
    assert found == sorted(found)
    assert 0.0 < found[0] < 0.05
    assert 0.95 < found[-1] < 1.0


def test_each_query_gives_as_many_rows_as_the_others():
    query_hash = np.array([7] * 100 + [8] * 3 + [9] * 40)
    chosen = balanced(query_hash, seed=5)
    found, counts = np.unique(query_hash[chosen], return_counts=True)
    assert found.tolist() == [7, 8, 9]
    assert counts.tolist() == [20, 20, 20]
    assert len(set(chosen[query_hash[chosen] == 8].tolist())) == 3
