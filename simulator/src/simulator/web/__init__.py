"""The web layer of the simulator."""
