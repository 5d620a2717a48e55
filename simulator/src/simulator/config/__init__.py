"""The settings of the simulator."""
