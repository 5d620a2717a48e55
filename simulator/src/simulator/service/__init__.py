"""Use cases of the simulator."""
