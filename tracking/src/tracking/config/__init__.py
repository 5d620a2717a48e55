"""The settings of tracking."""
