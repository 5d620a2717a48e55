"""Resources of the simulator."""
