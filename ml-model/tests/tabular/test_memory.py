"""Tables take the system's memory and give it back."""

import psutil
import pyarrow as pa
import pytest

from ml_model.tabular.memory import give_back, use_system_memory

PIECE = 64 * 1024
PIECES = 1024


@pytest.fixture(autouse=True)
def system_memory():
    before = pa.default_memory_pool()
    use_system_memory()
    yield
    pa.set_memory_pool(before)


def resident():
    return psutil.Process().memory_info().rss


def test_what_a_file_has_needed_is_the_systems_again():
    pieces = [pa.allocate_buffer(PIECE) for _ in range(PIECES)]
    for piece in pieces:
        memoryview(piece).cast("B")[:] = b"\1" * PIECE
    last = pa.allocate_buffer(1024)  # keeps the heap as long as it is
    pieces.clear()
    del piece
    kept = resident()
    give_back()
    assert kept - resident() > PIECE * PIECES / 2
    assert last.size == 1024
