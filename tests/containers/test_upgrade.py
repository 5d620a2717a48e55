"""What images of the version before the last migration wrote is there after `up` with those of today."""

import pytest
from version_before import facts

pytestmark = [pytest.mark.containers]


def test_data_of_the_version_before_is_kept(containers):
    if containers.written_before is None:
        pytest.skip("there is no history of commits here to build the version before from")
    scored = containers.asked("ml-model", "POST", "/root/ml", json={"dataset": "testing"})
    assert facts(containers) | {"scored": scored["data"]["accuracy"]} == containers.written_before
