"""Requests and answers of the simulator."""
