import json

import numpy as np

from monitoring.utils.json_values import json_value


def test_what_json_does_not_know_becomes_something_that_it_knows():
    raw = {
        1: np.float64("nan"),
        "infinite": [float("inf"), -np.inf],
        "numbers": (np.int64(3), np.float32(0.5), 2.5),
        "flags": np.array([True, False]),
        None: {"nested": {np.int64(1)}},
    }
    value = json_value(raw)
    assert json.loads(json.dumps(value, allow_nan=False)) == value
    assert value == {
        "1": None,
        "infinite": [None, None],
        "numbers": [3, 0.5, 2.5],
        "flags": [True, False],
        "None": {"nested": [1]},
    }


def test_anything_unknown_becomes_text():
    assert json_value(complex(1, 2)) == "(1+2j)"
