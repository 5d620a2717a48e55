"""What runs before an environment exists, and Docker mode, need nothing but Python's standard library."""

import subprocess
import sys

import pytest

from stack.home import REPOSITORY

MODULES = ("stack.prepare", "stack.containers.commands")


@pytest.mark.parametrize("module", MODULES)
def test_it_is_imported_without_any_package(module):
    code = f"import sys; sys.path.insert(0, {str(REPOSITORY / 'stack' / 'src')!r}); import {module}"
    said = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], check=False, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
