"""Where the memory of tables comes from, and that it goes back there."""

import pyarrow as pa


def use_system_memory() -> None:
    """Take tables' memory from the system's allocator: Arrow's own keeps what one file has needed."""
    pa.set_memory_pool(pa.system_memory_pool())


def give_back() -> None:
    """Give the system what a file has left, as the C library would do only at the end of its heap."""
    pa.default_memory_pool().release_unused()
