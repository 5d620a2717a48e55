import numpy as np

from predictor.learning.vector import model_input, vector
from predictor.utils.features import BY_NAME, NAMES


def test_features_stand_in_the_order_of_their_names():
    features = {name: float(place) for place, name in enumerate(NAMES)}
    assert vector(features).tolist() == [float(place) for place in range(len(NAMES))]


def test_absent_null_and_endless_features_are_unknown():
    found = vector({NAMES[0]: None, NAMES[1]: float("inf"), NAMES[2]: 3.0})
    assert found[2] == 3.0
    assert np.isnan(np.delete(found, 2)).all()


def test_models_see_the_logarithm_of_what_spans_magnitudes_and_nothing_infinite():
    features = vector(dict.fromkeys(NAMES, 99.0))
    inputs = model_input(np.stack([features, np.full(len(NAMES), np.nan), np.full(len(NAMES), -5.0)]))
    expected = [
        np.log(1.0 + min(99.0, BY_NAME[name].most)) if BY_NAME[name].skewed else min(99.0, BY_NAME[name].most)
        for name in NAMES
    ]
    assert np.allclose(inputs[0], expected, atol=1e-4)
    assert np.isnan(inputs[1]).all()
    assert np.isfinite(inputs[2]).all()
    assert inputs.dtype == np.float32


def test_making_inputs_leaves_the_features_as_they_were():
    features = np.full((2, len(NAMES)), 7.0)
    model_input(features)
    assert (features == 7.0).all()
