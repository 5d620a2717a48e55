"""The rules and dashboards of docker/observability, parsed once."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for the modules beside this file

from prometheus_programs import find_program


@pytest.fixture(scope="session")
def promtool() -> Path:
    found, reason = find_program("promtool")
    if found is None:
        pytest.skip(reason)
    return found
