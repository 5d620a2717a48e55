"""What images of the version before the last migration wrote is there after `up` with those of today."""

import pytest

pytestmark = [pytest.mark.containers]


def test_data_of_the_version_before_is_kept(containers):
    if containers.written_before is None:
        pytest.skip("there is no history of commits here to build the version before from")
    assert containers.found_after == containers.written_before
