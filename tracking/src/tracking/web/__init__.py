"""The web layer of tracking."""
