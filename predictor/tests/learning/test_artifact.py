import io

import numpy as np
import pytest

from predictor.learning.errors import DamagedArtifact
from predictor.learning.estimators import model_types
from predictor.learning.predictor import TrainedPredictor


@pytest.fixture(scope="module")
def content(trained):
    return trained.dumps()


def rewritten(content, **changed):
    """The archive with some arrays replaced, or left out where None."""
    with np.load(io.BytesIO(content)) as archive:
        arrays = {name: archive[name] for name in archive.files} | changed
    buffer = io.BytesIO()
    np.savez(buffer, **{name: array for name, array in arrays.items() if array is not None})
    return buffer.getvalue()


@pytest.mark.parametrize("model_type", model_types())
def test_a_stored_predictor_answers_as_before(fitted, history, model_type):
    before = fitted(model_type)
    after = TrainedPredictor.loads(before.dumps())
    assert [after.predict(row, 0.9) for row in history.features[:20]] == [
        before.predict(row, 0.9) for row in history.features[:20]
    ]
    assert after.report == before.report
    assert (after.held_out.query_hash == before.held_out.query_hash).all()
    assert after.dumps() == before.dumps()


def test_nothing_in_it_is_pickled(content):
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        assert not any(archive[name].dtype.hasobject for name in archive.files)
        whole = b"".join(archive[name].tobytes() for name in archive.files)
    assert not any(word in whole for word in (b"sklearn.", b"csklearn", b"__reduce__", b"builtins"))


@pytest.mark.parametrize("keep", [0, 1, 100, 0.5, 0.99])
def test_a_part_of_it_is_refused(content, keep):
    kept = keep if isinstance(keep, int) else int(len(content) * keep)
    with pytest.raises(DamagedArtifact, match="Train a new one"):
        TrainedPredictor.loads(content[:kept])


def test_flipped_bytes_are_refused(content):
    generator = np.random.default_rng(1)
    for at in generator.integers(200, len(content) - 2_000, 20):
        damaged = bytearray(content)
        damaged[at] ^= 0xFF
        with pytest.raises(DamagedArtifact):
            TrainedPredictor.loads(bytes(damaged))


def test_a_pickle_is_refused_and_not_run(content):
    class Loud:
        def __reduce__(self):
            return (pytest.fail, ("a pickle was run",))

    wrong = rewritten(content, scores=np.array([Loud()], dtype=object))
    with pytest.raises(DamagedArtifact):
        TrainedPredictor.loads(wrong)


WRONG = {
    "a list that is too short": {"background": np.zeros((3, 2), np.float32)},
    "another type": {"scores": np.zeros(4, np.float32)},
    "no scores": {"scores": np.zeros(0)},
    "scores that are not sorted": {"scores": np.array([3.0, 1.0]), "fingerprints": np.int64(2)},
    "scores that belong to no query": {"fingerprints": np.int64(0)},
    "scores that are not numbers": {"scores": np.array([np.nan]), "fingerprints": np.int64(1)},
    "lists of different lengths": {"actual_ms": np.ones(3), "predicted_ms": np.ones(2)},
    "an unknown format": {"format": np.int64(99)},
    "limits the wrong way round": {"limits": np.array([5.0, 1.0])},
    "difficulty of nothing": {"least_difficulty": np.float64(0.0)},
    "no background": {"background": None},
    "one array more": {"surplus": np.zeros(1)},
    "a model that is none": {"model": np.zeros(100, np.uint8)},
    "a report that is none": {"report": np.frombuffer(b"{", np.uint8)},
    "a report of other features": {"report": np.frombuffer(b'{"feature_names": ["x"]}', np.uint8)},
}


@pytest.mark.parametrize("changed", WRONG.values(), ids=WRONG.keys())
def test_wrong_contents_are_refused(content, changed):
    with pytest.raises(DamagedArtifact):
        TrainedPredictor.loads(rewritten(content, **changed))


def test_models_that_changed_places_are_refused(content):
    with np.load(io.BytesIO(content)) as archive:
        model, difficulty = archive["model"], archive["difficulty"]
    with pytest.raises(DamagedArtifact, match="does not take"):
        TrainedPredictor.loads(rewritten(content, model=difficulty, difficulty=model))
