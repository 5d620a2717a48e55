"""Two stacks with different homes and offsets run side by side and know nothing of each other."""

import pytest
from guide_requests import load
from running_stack import SERVICES, RunningStack, free_offset, new_home, take_away

pytestmark = pytest.mark.end_to_end


def test_a_second_stack_runs_beside_the_first_and_is_its_own(stack):
    load(stack, "training")
    before = stack.asked("simulator", "GET", "/root/simulator/datasets")
    other = RunningStack(new_home(), free_offset())
    try:
        other.up()
        assert not set(stack.urls.values()) & set(other.urls.values())
        assert other.asked("simulator", "GET", "/root/simulator/datasets")["data"] == []
        load(other, "testing")
        assert stack.asked("simulator", "GET", "/root/simulator/datasets") == before
        assert all(stack.is_ready(service) for service in SERVICES)
    finally:
        take_away(other)
    assert all(stack.is_ready(service) for service in SERVICES)
    assert stack.asked("simulator", "GET", "/root/simulator/datasets") == before
