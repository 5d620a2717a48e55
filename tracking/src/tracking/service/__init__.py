"""Use cases of tracking."""
