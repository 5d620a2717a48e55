import numpy as np
import pytest

from predictor.learning.history import History
from predictor.learning.options import TrainingOptions
from predictor.learning.training import train
from predictor.utils.features import NAMES

FLAGS = ("has_seq_scan", "has_nested_loop")


def made(rows=600, queries=60, seed=0, noise=0.15, between=0.25):
    """Executions whose log(ms) is linear in a few features, with an effect for each query and noise."""
    generator = np.random.default_rng(seed)
    at = {name: index for index, name in enumerate(NAMES)}
    facts = np.exp(generator.normal(3.0, 1.5, (queries, len(NAMES))))
    for name in FLAGS:
        facts[:, at[name]] = generator.integers(0, 2, queries)
    facts[:, at["plan_total_cost"]] = np.exp(generator.normal(7.0, 2.0, queries))
    effect = generator.normal(0.0, between, queries)
    query = generator.permutation(np.arange(rows) % queries)
    features = facts[query]
    features[:, at["concurrent_queries_avg"]] = generator.integers(1, 9, rows)
    features[:, at["available_memory_pct"]] = generator.uniform(10, 90, rows)
    log_ms = (
        0.8 * np.log(features[:, at["plan_total_cost"]])
        - 4.0
        + 0.7 * features[:, at["has_seq_scan"]]
        + 0.2 * np.log(features[:, at["concurrent_queries_avg"]])
        + effect[query]
        + generator.normal(0.0, noise, rows)
    )
    features[generator.random(features.shape) < 0.03] = np.nan
    features[:, at["std_dev_calls"]] = np.nan
    return History((4001 + query).astype(np.int64), np.arange(rows) * 60.0, features, np.exp(log_ms))


def silent(percent, step):
    """A listener that does not care."""


@pytest.fixture(scope="session")
def synthetic():
    """The maker of histories with a known truth."""
    return made


@pytest.fixture(scope="session")
def history():
    return made()


@pytest.fixture(scope="session")
def fitted(history):
    """A function that trains a model type on the history, once for each type."""
    known = {}

    def fitted(model_type):
        if model_type not in known:
            known[model_type] = train(history, model_type, TrainingOptions(), silent)
        return known[model_type]

    return fitted


@pytest.fixture(scope="session")
def trained(fitted):
    return fitted("xgboost")
