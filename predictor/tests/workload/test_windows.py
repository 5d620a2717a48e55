# ruff: noqa: S311 - chance that can be repeated

import random
from collections import Counter

import pytest

from predictor.workload.shapes import shapes
from predictor.workload.windows import SETTINGS, plan_windows


@pytest.mark.parametrize(("count", "executions"), [(150, 60), (150, 500), (1250, 5000), (1500, 20000)])
def test_as_many_executions_as_asked_for_and_no_shape_twice_in_a_window(count, executions):
    windows = plan_windows(shapes(count), executions, random.Random(1))
    runs = Counter(shape.query_hash for window in windows for shape in window.shapes)
    assert sum(runs.values()) == executions
    assert max(runs.values()) - (min(runs.values()) if len(runs) == count else 0) <= 1
    assert all(len(set(window.shapes)) == len(window.shapes) for window in windows)


def test_no_setting_appears_only_late():
    windows = plan_windows(shapes(1250), 5000, random.Random(1))
    assert len(windows) >= 20
    early = {window.setting for window in windows[: len(SETTINGS)]}
    assert early == set(SETTINGS) == {window.setting for window in windows[-len(SETTINGS) :]}


def test_windows_are_alike_in_what_they_ask():
    windows = plan_windows(shapes(1250), 5000, random.Random(1))
    sizes = [len(window.shapes) for window in windows]
    assert max(sizes) - min(sizes) <= 2
